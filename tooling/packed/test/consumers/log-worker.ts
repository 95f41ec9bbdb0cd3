// The script of a worker, where a content security policy forbids the one from a Blob.
import 'varve/worker'

// The script of the worker that has the log. The page starts it itself, so that it can kill it.
import 'varve/worker'

export * from '@varve/segments/diagnostics-channel'

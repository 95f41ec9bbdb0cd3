export * from '@varve/segments/opentelemetry'

// Somebody who passes everything on.
export * from 'varve'

/** A wavy line from 0 to `width`, as points of a path, the same for the same seed. */
export function wave(seed: number, width: number, level: number, swing: number): string {
  const points: string[] = []
  const steps = 24
  for (let step = 0; step <= steps; step += 1) {
    const x = (step / steps) * width
    const bend = Math.sin(seed * 1.7 + step * 0.55) + 0.5 * Math.sin(seed * 3.1 + step * 1.3)
    points.push(`${x.toFixed(1)} ${(level + (swing * bend) / 1.5).toFixed(2)}`)
  }
  return points.join(' L ')
}

/** The body of a layer: wavy above, as what lies on it has left it, and even below, where the next one covers it. */
export function body(seed: number, width: number, height: number): string {
  return `M ${wave(seed, width, 3.5, 2)} L ${width} ${height} L 0 ${height} Z`
}

// What a reader does to the state of the widget of bricks: its kinks, "0.25,0.5", and the points of a drawn curve, two
// digits each. Every function returns what to change in the state.

const GAP = 0.0005 // between neighbors

const within = (value, low, high) => Math.min(Math.max(value, low), high)
export const snapped = (x) => within(Math.round(x * 200) / 200, GAP, 1 - GAP)
export const whole = (value, low, high) => Math.round(within(value, low, high))

export const places = (state) => (state.kinks ? state.kinks.split(",").map(Number) : [])
export const chosen = (state) => Math.min(state.kink, places(state).length) // counted from 1, and 0 without kinks

export function nearest(state, x) {
  const far = places(state).map((kink) => Math.abs(kink - x))
  return far.indexOf(Math.min(...far)) + 1
}

const written = (kinks, number) => ({
  kinks: kinks.map((kink) => String(Number(kink.toFixed(5)))).join(","),
  kink: Math.max(1, number),
})

export function moved(state, number, to) {
  const ends = [0, ...places(state), 1]
  ends[number] = within(to, ends[number - 1] + GAP, ends[number + 1] - GAP)
  return written(ends.slice(1, -1), number)
}

export function added(state, x, most) {
  const kinks = places(state)
  if (kinks.length >= most || [0, ...kinks, 1].some((kink) => Math.abs(kink - x) < GAP)) return {}
  const all = [...kinks, x].sort((a, b) => a - b)
  return written(all, all.indexOf(x) + 1)
}

export function removed(state, number) {
  const kinks = places(state)
  return number ? written(kinks.filter((_, i) => i !== number - 1), Math.min(number, kinks.length - 1)) : {}
}

export function even(state) {
  const kinks = places(state)
  return written(kinks.map((_, i) => (i + 1) / (kinks.length + 1)), chosen(state))
}

// Halve the widest piece.
export function halved(state, most) {
  const ends = [0, ...places(state), 1]
  const widths = ends.slice(1).map((end, i) => end - ends[i])
  const widest = widths.indexOf(Math.max(...widths))
  return added(state, (ends[widest] + ends[widest + 1]) / 2, most)
}

export const height = (state, i) => Number(state.points.slice(2 * i, 2 * i + 2))

const raised = (points, i, value) => points.slice(0, 2 * i) + String(value).padStart(2, "0") + points.slice(2 * i + 2)

// A stroke from one point, [index, height], to another; it leaves out none between them.
export function stroked(state, [i, from], [j, to]) {
  const steps = Math.max(1, Math.abs(j - i))
  let { points } = state
  for (let step = 0; step <= steps; step++)
    points = raised(points, i + Math.sign(j - i) * step, Math.round(from + ((to - from) * step) / steps))
  return { points }
}

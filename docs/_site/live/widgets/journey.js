// One weight's journey: its stations as the cells of a strip. The first page of the site shows the first state alone.
// The drawing holds no <div>: at the end of the first one Material's search takes what follows for the page's own text.

import { escape, scale } from "../svg.js"

const signed = (value) => String(value).replace("-", "−")
const range = (state, { limits }, key, label, step) =>
  `<label>${label} <input type="range" name="${key}" min="${limits[key][0]}" max="${limits[key][1]}" step="${step}" value="${state[key]}"><output data-show="${key}">${signed(state[key])}</output></label>`
const bit = (state, value) =>
  `<label><input type="radio" name="bit" value="${value}"${state.bit === value ? " checked" : ""}>${value === 3 ? "the sign" : `bit ${value}`}</label>`

export function controls(state, data) {
  return (
    `<span class="btb-widget__wide">${range(state, data, "weight", "weight", 0.01)}</span>` +
    range(state, data, "picture", "picture", 1) +
    range(state, data, "rate", "learning rate", 0.05) +
    `<span class="btb-widget__wide" role="group" aria-label="The bit that flips"><span class="btb-label">flips:</span>${[3, 2, 1, 0].map((value) => bit(state, value)).join("")}</span>`
  )
}

export const show = ({ weight }) => ({ weight: signed(weight) })

// The cells ----------------------------------------------------------------------------------------------------------------

export function draw(data) {
  const pictures = ["", bits(data.pattern), code(data.codes[0]), picture(data), standing(data), bend(data), bars(data, "now"), chain(data), step(data), flip(data), answers(data)]
  return `<ol class="btb-journey">${data.stations.map((station, i) => cell(station, pictures[i], i)).join("")}</ol>`
}

function cell({ name, value, text, links }, picture, i) {
  const number = value && `<p class="${i ? "btb-value" : "btb-big"}">${value}</p>`
  const pages = links.map(([label, href]) => `<a href="${href}">${label}</a>`).join(", ")
  return `<li><p class="btb-kicker">${name}</p>${picture}${number}<p>${escape(text)}</p><p class="btb-journey__to">${pages}</p></li>`
}

const field = (name, kind, digits, flipped) =>
  `<span class="btb-field btb-field--${kind}"><span class="btb-field__name">${name}</span><span class="btb-field__bits">${[...digits].map((digit, i) => `<span class="btb-bit"${Number(digit) ? " data-on" : ""}${i === flipped ? " data-flipped" : ""}>${digit}</span>`).join("")}</span></span>`
const register = (fields) => `<span class="btb-bits">${fields.join("")}</span>`
const bits = ([sign, exponent, fraction]) => register([field("sign", "s", sign), field("exponent", "e", exponent), field("fraction", "f", fraction)])
const code = (digits, flipped = -1) => register([field("sign", "s", digits[0], flipped), field("power", "e", digits.slice(1), flipped - 1)])

const svg = (width, height, label, content, name = "btb-plot") =>
  `<span class="${name}"><svg viewBox="0 0 ${width} ${height}" ${label ? `role="img" aria-label="${label}"` : 'aria-hidden="true"'}>${content}</svg></span>`
const d = (name, path) => `<path class="${name}" d="${path}"/>`
const dot = (x, y, name = "dot", r = 5) => `<circle class="${name}" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${r}"/>`
const text = (x, y, words, name = "") => `<text class="${name}" x="${x.toFixed(0)}" y="${y.toFixed(0)}">${escape(words)}</text>`
const within = (value, low, high) => Math.min(high, Math.max(low, value))

function picture({ pixels, pixel, label }) {
  const square = (level, i) => (level ? `<rect class="btb-ink" fill-opacity="${level / 16}" x="${(i % 8) * 9}" y="${9 * Math.floor(i / 8)}" width="9" height="9"/>` : "")
  const [x, y] = [(pixel % 8) * 9, 9 * Math.floor(pixel / 8)]
  return svg(168, 76, `A handwritten ${label} of 8 by 8 pixels, one of them framed`, `<g transform="translate(2 2)">${d("btb-frame", "M0 0h72v72h-72z")}${pixels.map(square).join("")}${d("btb-here", `M${x} ${y}h9v9h-9z`)}</g>`)
}

function standing({ sums: { ends, counts }, total }) {
  const at = within(scale(...ends, 4, 164)(total), 4, 164)
  const [wide, high] = [160 / counts.length, 48 / Math.max(...counts)]
  const column = (count, i) => `<rect class="btb-other" x="${(4.5 + wide * i).toFixed(1)}" y="${(62 - high * count).toFixed(1)}" width="${(wide - 1).toFixed(1)}" height="${(high * count).toFixed(1)}"/>`
  return svg(168, 76, "", counts.map(column).join("") + d("axis", "M4 62H164") + d("drop", `M84 62V10M${at.toFixed(1)} 62V10`) + dot(at, 62))
}

function bend({ total }) {
  const at = within(total, -2, 2)
  const [x, y] = [84 + 40 * at, 62 - 28 * Math.max(at, 0)]
  return svg(168, 76, "", d("axis", "M4 62H164M84 4V72") + d("curve", "M4 62H84L164 6") + d("drop", `M${x.toFixed(1)} 62V${y.toFixed(1)}`) + dot(x, y))
}

function columns({ shares, label }, key, left, title = "") {
  const best = shares[key].indexOf(Math.max(...shares[key]))
  const column = (share, i) => {
    const [x, high] = [left + 16 * i, Math.max(1, 56 * share).toFixed(1)]
    const name = i === label ? "btb-right" : "btb-other"
    return `<rect class="${name}" x="${x}" y="${(64 - high).toFixed(1)}" width="11" height="${high}"/>` + text(x + 5.5, 78, String(i), i === best ? "btb-best" : "")
  }
  return (title && text(left + 77, 96, title)) + shares[key].map(column).join("")
}

const shares = (data, key) => `Ten bars, the longest at ${data.shares[key].indexOf(Math.max(...data.shares[key]))}`
const bars = (data, key) => svg(170, 82, shares(data, key), columns(data, key, 4), "btb-plot btb-bars")
const titles = { now: "as it is", step: "after the step", flip: "after the flip" }
const answers = (data) => `<span class="btb-answers">${Object.entries(titles).map(([key, title]) => svg(170, 100, `${title}: ${shares(data, key)}`, columns(data, key, 4, title), "btb-plot btb-bars")).join("")}</span>`

function chain({ slopes: [gradient, signal, gate, arriving] }) {
  const places = [30, 190, 350, 530]
  const names = ["w", "sum", "ReLU", "loss"]
  const factors = [`× ${signal}`, `× ${gate}`, arriving]
  const arrows = factors.map((factor, i) => {
    const [to, from] = [places[i], places[i + 1]]
    return d("slope", `M${from - 8} 36Q${(to + from) / 2} 12 ${to + 10} 36m10 -9 -10 9 13 3`) + text((to + from) / 2, 14, factor)
  })
  const nodes = places.map((place, i) => dot(place, 46, "dot", 5) + text(place, 75, names[i]))
  return svg(560, 80, `From the loss back to the weight: ${arriving}, times ${gate}, times ${signal} is ${gradient}`, d("axis", "M30 46H530") + arrows.join("") + nodes.join(""), "btb-line")
}

// The loss for every value of the weight --------------------------------------------------------------------------------------

function plane({ curve }, label, content) {
  const top = Math.max(...curve.map(([, loss]) => loss), 0.1)
  const X = scale(curve[0][0], curve.at(-1)[0], 12, 548)
  const Y = scale(0, 1.08 * top, 128, 8)
  const points = curve.map(([w, loss]) => `${X(w).toFixed(1)},${Y(loss).toFixed(1)}`).join(" ")
  const ends = [curve[0][0], 0, curve.at(-1)[0]].map((w) => text(within(X(w), 24, 536), 150, signed(w)))
  const at = ([w, loss]) => [within(X(w), 12, 548), within(Y(loss), 8, 128)]
  return svg(560, 156, label, d("axis", "M12 128H548M280 124v8") + ends.join("") + `<polyline class="curve" points="${points}"/>` + content(at, X, Y), "btb-line btb-loss")
}

function step(data) {
  const { now, step } = data.marks
  const label = "The loss for every value of the weight, with its tangent and the place after a step"
  return plane(data, label, (at, X, Y) => {
    const [[x, y], [to, after]] = [at(now), at(step)]
    const lean = ((Y(1) - Y(0)) / (X(1) - X(0))) * data.tangent
    const half = 90 / Math.hypot(1, lean)
    const [low, high] = [x - half, x + half].map((end) => within(end, 12, 548))
    const along = (end) => `${end.toFixed(1)} ${(y + lean * (end - x)).toFixed(1)}`
    return d("slope", `M${along(low)}L${along(high)}`) + d("drop", `M${to.toFixed(1)} 128V${after.toFixed(1)}`) + dot(x, y) + dot(to, after, "ring", 6)
  })
}

function flip(data) {
  const [before, after] = data.codes
  const label = "The loss for every value of the weight, with the four places that a flip leads to"
  const marks = plane(data, label, (at) => {
    const [to, loss] = at(data.marks.flip)
    return data.flips.map((place) => dot(...at(place), "other-dot", 5)).join("") + d("drop", `M${to.toFixed(1)} 128V${loss.toFixed(1)}`) + dot(...at(data.marks.now)) + dot(to, loss, "ring", 6)
  })
  return marks + code(after, [...after].findIndex((digit, i) => digit !== before[i]))
}

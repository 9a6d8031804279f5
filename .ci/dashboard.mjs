// dashboard.mjs PROMETHEUS [FILE.svg]: uses the service on port 8000, then runs each query of the dashboard for that time. Fails
// if one returns no series. Draws the panels if there is a file.
import { readFileSync, writeFileSync } from 'node:fs'

const [prometheus, file] = process.argv.slice(2)
const dashboard = JSON.parse(readFileSync('k8s/components/monitoring/dashboard.json', 'utf8'))
const api = 'http://localhost:8000'
const SECONDS = file ? 120 : 20
const start = Date.now() / 1000

const base64 = (text) => Buffer.from(text).toString('base64')
async function login(email, password) {
  const response = await fetch(`${api}/v4/auth-tokens/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password_base64: base64(password) }),
  })
  return (await response.json()).auth_token
}
const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000))

// Logins, checks and logouts, now and then a wrong password, and in the middle a burst of checks.
async function use() {
  for (let round = 0; Date.now() / 1000 - start < SECONDS; round++) {
    const token = await login('admin@example.com', 'correct horse battery')
    const headers = { Authorization: `giantswarm ${token}` }
    const middle = Math.abs(Date.now() / 1000 - start - SECONDS / 2) < SECONDS / 6
    for (let check = 0; check < (middle ? 200 : 40); check++) {
      await (await fetch(`${api}/v4/auth-tokens/verify/`, { headers })).text()
    }
    await (await fetch(`${api}/v4/user/`, { headers })).text()
    await login(`nobody-${round % 50}@example.com`, 'a wrong password')
    await (await fetch(`${api}/v4/auth-tokens/`, { method: 'DELETE', headers })).text()
    await pause(0.2)
  }
}
await use()
await pause(2)

const queryOf = (expression) => expression.replaceAll('$__rate_interval', '10s').replaceAll('$namespace', '.*')
async function seriesOf({ expr, legendFormat }) {
  const query = new URLSearchParams({ query: queryOf(expr), start, end: Date.now() / 1000, step: 1 })
  const response = await fetch(`${prometheus}/api/v1/query_range?${query}`)
  const { data, error } = await response.json()
  if (error) throw new Error(`${expr}\n  ${error}`)
  return data.result.map(({ metric, values }) => ({
    name: legendFormat.replace(/{{(\w+)}}/g, (_, label) => metric[label] ?? ''),
    values: values.map(([time, value]) => [Number(time), Number(value)]).filter(([, value]) => Number.isFinite(value)),
  }))
}
const charts = []
let empty = 0
for (const panel of dashboard.panels.filter(({ targets }) => targets)) {
  const series = []
  for (const target of panel.targets) {
    const found = (await seriesOf(target)).filter(({ values }) => values.length > 0)
    if (found.length === 0) {
      console.error(`FAILED: no series: ${panel.title}: ${target.expr}`)
      empty++
    }
    series.push(...found)
  }
  charts.push({ ...panel, series })
}
if (empty > 0) process.exit(1)
console.log(`ok: every query of ${charts.length} panels returns series`)
if (file) writeFileSync(file, draw(charts))

function draw(panels) {
  const UNIT = 45
  const colors = ['#3274d9', '#e0752d', '#37872d', '#b877d9', '#c4162a', '#8f8f8f', '#e0b400', '#00859b', '#7b4b2a']
  const text = (x, y, content, more = '') =>
    `<text x="${x}" y="${y}" ${more}>${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`
  const amount = (value, unit) => {
    const number = (scaled) => String(Number(scaled.toPrecision(3)))
    if (unit === 's') return value !== 0 && Math.abs(value) < 1 ? `${number(value * 1000)} ms` : `${number(value)} s`
    if (unit === 'percentunit') return `${number(value * 100)} %`
    if (unit === 'bytes') return `${number(value / 2 ** 20)} MiB`
    return number(value) + (unit === 'reqps' ? '/s' : '')
  }
  const height = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h)) * 26
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${24 * UNIT} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="100%" height="100%" fill="#f4f5f5"/>`,
  ]
  for (const { title, gridPos } of dashboard.panels.filter(({ type }) => type === 'row')) {
    parts.push(text(8, gridPos.y * 26 + 18, title, 'font-size="13" font-weight="bold"'))
  }
  for (const { title, gridPos, fieldConfig, series } of panels) {
    const { unit, min } = fieldConfig.defaults
    const [width, tall] = [gridPos.w * UNIT - 8, gridPos.h * 26 - 8]
    const legend = [[]]
    let legendWidth = 10
    for (const { name } of series) {
      const wide = name.length * 6 + 22
      if (legendWidth + wide > width && legendWidth > 10) {
        legend.push([])
        legendWidth = 10
      }
      legend.at(-1).push(legendWidth)
      legendWidth += wide
    }
    const places = legend.flatMap((line, row) => line.map((x) => [x, tall - 8 - 15 * (legend.length - 1 - row)]))
    const [left, right, top, bottom] = [58, width - 10, 30, tall - 16 - 15 * legend.length]
    const all = series.flatMap(({ values }) => values.map(([, value]) => value))
    const low = Math.min(min ?? Infinity, ...all)
    const high = Math.max(...all) > low ? Math.max(...all) : low + 1
    const end = start + SECONDS
    const x = (time) => left + ((time - start) / (end - start)) * (right - left)
    const y = (value) => bottom - ((value - low) / (high - low)) * (bottom - top)
    parts.push(`<g transform="translate(${gridPos.x * UNIT + 4} ${gridPos.y * 26 + 4})">`)
    parts.push(`<rect width="${width}" height="${tall}" fill="white" stroke="#d8d9da"/>`)
    parts.push(text(10, 18, title, 'font-weight="bold"'))
    for (const value of [low, (low + high) / 2, high]) {
      parts.push(`<path d="M${left} ${y(value)}H${right}" stroke="#e4e5e6"/>`)
      parts.push(text(left - 5, y(value) + 4, amount(value, unit), 'text-anchor="end" fill="#555"'))
    }
    series.forEach(({ name, values }, index) => {
      const color = colors[index % colors.length]
      const points = values
        .filter(([time]) => time <= end)
        .map(([time, value]) => `${x(time).toFixed(1)},${y(value).toFixed(1)}`)
      parts.push(`<polyline points="${points.join(' ')}" fill="none" stroke="${color}" stroke-width="1.5"/>`)
      const [legendX, legendY] = places[index]
      parts.push(`<rect x="${legendX}" y="${legendY - 8}" width="8" height="8" fill="${color}"/>`)
      parts.push(text(legendX + 12, legendY, name))
    })
    parts.push('</g>')
  }
  return parts.concat('</svg>', '').join('\n')
}

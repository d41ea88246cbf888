// Compares internal/caption with npm twitter-text 3.1.0: weight and extracted URLs of seeded random captions, and the
// weight of each code point alone, before the variation selectors, a skin tone and a gender sign.
// usage: node check.mjs [count] [seed]
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import twitter from 'twitter-text'

const count = Number(process.argv[2] ?? 2000)
const seed = Number(process.argv[3] ?? 20261123)

// mulberry32: the same captions on every machine.
let state = seed >>> 0
function random() {
  state = (state + 0x6d2b79f5) >>> 0
  let t = state
  t = Math.imul(t ^ (t >>> 15), t | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const pick = (list) => list[Math.floor(random() * list.length)]

const words = `hello Wonderful café naïve Straße Привет мир Γειά σου שלום مرحبا بالعالم नमस्ते สวัสดีครับ ขอบคุณ 안녕하세요 반갑습니다
今日はとてもいい天気でした。 東京・大阪 カフェ「青い鳥」にて、 ＃旅行 #photo #写真好きな人と繋がりたい @someone @shop.jp $AAPL … — ‼ ⁉ ™ © ® e\u0301 か\u3099
ﾊﾝｶｸ ＦＵＬＬ １２３ 1.5 3.14 No.1 v1.2.3 \u200b \u2060 \u200d \u200f \u202e \u2066 \ufe0f \ufe0e`.split(/\s+/)
const emoji = [...'😀👍❤☀✌♟🏳🏴👩👨👦👧🧑🦄🇯🇵🇰🇷🇺🇸🏋⛹👯🤼🧞🚀🦰🥹🫶©#*1⚕♀♂', '👍🏽', '👩‍💻', '👨‍👩‍👧‍👦', '🏳️‍🌈', '🏴‍☠️', '1️⃣', '#️⃣',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '👩🏻‍🤝‍👨🏿', '🧑‍🚀', '🤷🏼‍♀️', '🏋️‍♂️', '❤️', '☝🏻', '🇯', '\ufe0f', '\u200d', '\u20e3', '🏻', '👁‍🗨', '👩‍❤️‍💋‍👩']
const hosts = ['example.com', 'www.example.com', 'sub.example.co.jp', '日本語.jp', '日本語example.com', 'example.comあ.jp', 'example.みんな',
  'EXAMPLE.COM', 't.co', 'x.co', 'bit.ly', 'foo_bar.example.com', 'foo.bar_baz.com', '-foo.com', 'foo-.com', 'a.b.c.d.info', 'xn--wgv71a119e.jp',
  'xn--あ.jp', 'example.xn--p1ai', 'пример.рф', 'президент.РФ', 'münchen.de', 'example.vermögensberatung', 'localhost', '1.2.3.4', 'example.test',
  'example.community', 'example.comx', 'ex😀mple.com', '😀.com', '😀abc.ly', 'ιota.gr', 'a'.repeat(63) + '.com', 'a'.repeat(64) + '.com',
  'あ'.repeat(20) + '.com', 'あ。い.jp', 'example。com', '한국.한국', 'example.中国', 'example.com.', 'ａｂｃ.com', 'e\u0301.com', 'a"b.com', 'node.js', 'ASP.NET']
const paths = ['', '', '', '/', '/path', '/a/b.html', '/a_(b)', '/a_(b_(c))', '/(', '/a.', '/a.,!', '/@user/x', '/@', '/путь', '/日本', '/caf\u00e9', '/a?b=c&d=e',
  '/?q=1', '?q=1', '/#x', '/a-', '/a~', '/%20', ':8080', ':8080/x', ':', '/abc?', '/abc?x.', '/' + 'x'.repeat(45), '/a(b)c(d)', '/[x]', '/a;b:c', '?']
const schemes = ['', '', '', 'http://', 'https://', 'HTTPS://', 'ftp://', '//', '@', '#', '$', '＠', '.', '-', '_', '/', 'あ', '（', '「', 'x', ':', '\u200e', '\u200b']
const glue = ['', '', ' ', ' ', ' ', '\n', '\n\n', '\u3000', '、', '。', '.', ',', '-', '\u200d']

function piece() {
  const kind = random()
  if (kind < 0.35) return pick(words)
  if (kind < 0.55) return Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(emoji)).join('')
  if (kind < 0.9) return pick(schemes) + pick(hosts) + pick(paths)
  const range = pick([[0x20, 0x7e], [0xa0, 0x24f], [0x300, 0x36f], [0x1000, 0x1200], [0x2000, 0x2bff], [0x3000, 0x30ff], [0xfe00, 0xffff], [0x1f000, 0x1faff], [0x20000, 0x20100]])
  return String.fromCodePoint(range[0] + Math.floor(random() * (range[1] - range[0] + 1)))
}

function caption() {
  let text = ''
  for (let n = Math.floor(random() * 24); n > 0; n--) text += piece() + pick(glue)
  return text
}

// Of a URL it says where it starts, in code points; how long it counts shows in the weight.
function measure(text) {
  const nfc = text.normalize()
  const urls = twitter.extractUrlsWithIndices(nfc).map((u) => [...nfc.slice(0, u.indices[0])].length)
  return { text, weight: twitter.parseTweet(text).weightedLength, urls }
}

const cases = Array.from({ length: count }, () => measure(caption()))
for (let cp = 1; cp <= 0x1ffff; cp++) {
  if (cp >= 0x3400 && cp < 0xe000) continue
  const c = String.fromCodePoint(cp)
  cases.push(measure([c, c + '\ufe0f', c + '\ufe0e', c + '\u{1f3fd}', c + '\u20e3', c + '\u200d\u2640\ufe0f', c + '\ufe0f\u200d\u2642\ufe0f', c + '\u{1f3fb}\u200d\u{1f680}'].join(' ')))
}
for (let a = 0x1f1e6; a <= 0x1f1ff; a++) for (let b = 0x1f1e6; b <= 0x1f1ff; b++) cases.push(measure(String.fromCodePoint(a, b)))

const folder = mkdtempSync(join(tmpdir(), 'twitter-text-'))
const file = join(folder, 'cases.json')
writeFileSync(file, JSON.stringify({ captions: count, cases }))
const module = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..')
const run = spawnSync('go', ['test', '-tags=twittertext', './internal/caption', '-count=1', '-v', '-run', '^TestTwitterText$'], {
  cwd: module, stdio: 'inherit', env: { ...process.env, TWITTER_TEXT_CASES: file },
})
rmSync(folder, { recursive: true })
process.exit(run.status ?? 1)

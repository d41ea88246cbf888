// The texts that are measured: edge cases, the inputs of other tests, and seeded random captions.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const internal = join(import.meta.dirname, '..', '..', '..')

// Weights and URLs where a port goes wrong first.
export const edges = [
  '', ' ', 'a', '日本語', 'か\u3099', 'e\u0301', '\u1100\u1161', '한국어', 'ﾊﾝｶｸ', 'ＦＵＬＬ', '\u10ff\u1100', '\u1fff\u2000\u200d\u200e\u200f\u2010\u201f\u2020\u2031\u2032\u2037\u2038',
  'example.com', 'https://example.com', 'HTTP://EXAMPLE.COM/A', 'http://example', 'https://日本語.jp/x', '日本語.jp', '日本語example.com', 'example.comあ.jp/path?q=1',
  'example.com/a_(b)', 'example.com/a_(b_(c))', 'example.com/(', 'example.com/a.', 'example.com:80/b(c)?d', 'example.com:', 'example.com?x=1.', 'example.com/путь', 'example.com/日本',
  'a.co', 'x.y.z.co', 'ASP.NET', 'node.js', 'v1.2.3', '1.2.3.4', 'U.S.A', 'me@example.com', '@example.com', '#example.com', '$example.com', '＠example.com', '.example.com', '-example.com', '_example.com',
  '/example.com', 'foo_bar.example.com', 'foo.bar_baz.com', '-foo.com', 'foo-.com', 'xn--a.xn--b', 'xn--wgv71a119e.jp', 'xn--あ.jp', 'a.xn--あ.jp', 'https://xn--あ.jp', 'https://a.xn--é-.jp', 'example.xn--p1ai',
  'https://あ。い.jp', 'https://あ．い.jp', 'https://あ｡い.jp', 'пример.рф', 'https://пример.рф', 'münchen.de', 'example.vermögensberatung', 'example.VERMÖGENSBERATUNG', 'example.みんな', 'https://example.みんな',
  'http://http://x.com', 'hthttp://tp://x.com', 'http://t.co/abc', `http://t.co/${'x'.repeat(40)}`, `http://t.co/${'x'.repeat(41)}`, 'http://t.co/abc?x=1', 'http://t.co/abc-def', 't.co/abc', 'http://t.co/',
  `${'a'.repeat(63)}.com`, `${'a'.repeat(64)}.com`, `https://${'あ'.repeat(56)}.com`, `https://${'あ'.repeat(57)}.com`, `https://${'あ'.repeat(58)}.com`, `https://${'é'.repeat(58)}.com`, `https://${'漢字'.repeat(14)}.com`,
  `https://example.com/${'a'.repeat(4060)}`.slice(0, 4088), `https://example.com/${'a'.repeat(4069)}`, 'https://"a".com', 'https://a\u0001b.com', 'https://a\u007fb.com',
  'ex😀mple.com', '😀.com', '😀abc.ly', 'https://😀.ws', 'https://😀😀.ws', 'https://example.com/😀', 'example.com😀', '\u{1f1ef}example.com', 'ιota.gr', 'ῼmega.gr',
  'example.comx、example.com', 'example.com、example.com', 'example.com.jp.', 'example.com@', 'example.com+x', 'example.com-x', 'example.community', 'example.ıt', 'example.ſk', 'example.ﬁ', '\u200bexample.com', '\u202eexample.com', '\ufeffexample.com',
  '\u180eexample.com', '\u3000example.com', '（example.com）', '「example.com」', '#one#two', '#one #two', '今日の器#新作', '＃ＩＧｏｎｌｙ', '#ｶﾌｪ', '#cafe\u0301', '#2026', '#2026年', '#tag, #other。', 'a#no', '_#no', '&#no', '#_', '#\u200d',
  'https://example.com/#no and #yes', '# ＃', '#tag🎉', '🎉#tag', '#️⃣', '#\ufe0f', '#\u20e3', '#a\u20e3', '#a://b', '#a#b', '#a＃b', '#नमस्ते', '#สวัสดี', '#مرحبا', '#א\u05f3', '#a·b', '#a・b', '#ab〜', '#a-b', '#日本～', '#\u{20000}', '#\u{1e900}',
  '🏳️‍🌈', '🏴‍☠️', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🏴󠁧󠁢󠁷󠁬󠁳󠁿', '👩\u200d⚕\ufe0f', '👩🏽\u200d⚖\ufe0f', '👩\u200d🎨', '👨🏿\u200d🚀', '🧑🏿\u200d🚀', '🏃\u200d♀\ufe0f', '🏃🏽\u200d♂\ufe0f', '🧜\u200d♂\ufe0f', '🕵\ufe0f\u200d♀\ufe0f', '🏋🏻\u200d♂\ufe0f', '🏋\u200d♂\ufe0f',
  '⛹\ufe0f\u200d♀\ufe0f', '👨‍👩‍👧‍👦', '👩‍👨‍👦', '👩‍❤️‍💋‍👩', '👁‍🗨', '👁️‍🗨️', '👯\u200d♀\ufe0f', '🤼🏻\u200d♀\ufe0f', '🇯🇵', '🇯🇵🇯', '🇯🇯🇵', '🇽🇽', '👩👩', '❤︎', '❤️', '☝🏻', '☝️🏻', '1️⃣', '1⃣', '*⃣', '🦰', '👩‍🦰', '🥹', '🫶', '©', '©️', '♟', '♟️', '\ue50a',
]

// Labels around the longest that a host name may have, in their ASCII form.
const upTo = (last, make) => Array.from({ length: 24 }, (_, i) => `https://${make(last - i)}.com`)
edges.push(
  ...[...'。．｡・'].flatMap((dot) => upTo(58, (n) => 'あ'.repeat(n / 2) + dot + 'い'.repeat(n / 2))),
  ...[...'。．｡・'].flatMap((dot) => upTo(64, (n) => 'a'.repeat(n / 2) + dot + 'b'.repeat(n / 2))),
  ...Array.from({ length: 24 }, (_, i) => `😀${'a'.repeat(60 - i)}.ws`),
  ...upTo(58, (n) => `a.xn--${'é'.repeat(n)}-`), ...upTo(63, (n) => `${'a'.repeat(n)}\u0001`), ...upTo(58, (n) => `${'漢字'.repeat(n / 3)}é`),
)

// Texts with hosts, emoji and marks that meet in every way. mulberry32 makes the same on every machine.
const words = `hello Wonderful café naïve Straße Привет мир Γειά σου שלום مرحبا بالعالم नमस्ते สวัสดีครับ ขอบคุณ 안녕하세요 반갑습니다
今日はとてもいい天気でした。 東京・大阪 カフェ「青い鳥」にて、 ＃旅行 #photo #写真好きな人と繋がりたい #a1 #2026 #x_y #été @someone @shop.jp $AAPL … — ‼ ⁉ ™ © ® e\u0301 か\u3099
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
const blocks = [[0x20, 0x7e], [0xa0, 0x24f], [0x300, 0x36f], [0x1000, 0x1200], [0x2000, 0x2bff], [0x3000, 0x30ff], [0xfe00, 0xffff], [0x1f000, 0x1faff], [0x20000, 0x20100]]

export function randomTexts(count, seed) {
  let state = seed >>> 0
  function random() {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const pick = (list) => list[Math.floor(random() * list.length)]
  function piece() {
    const kind = random()
    if (kind < 0.35) return pick(words)
    if (kind < 0.55) return Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(emoji)).join('')
    if (kind < 0.9) return pick(schemes) + pick(hosts) + pick(paths)
    const [first, last] = pick(blocks)
    return String.fromCodePoint(first + Math.floor(random() * (last - first + 1)))
  }
  return Array.from({ length: count }, () => {
    let text = ''
    for (let n = Math.floor(random() * 12); n > 0; n--) text += piece() + pick(glue)
    return text
  })
}

// The files of a txtar archive, but for its rules.
export function captions() {
  const folder = join(internal, 'caption', 'testdata')
  return readdirSync(folder).filter((name) => name.endsWith('.txtar')).sort().flatMap((name) => {
    const [, ...files] = readFileSync(join(folder, name), 'utf8').split(/^-- .* --\n/m)
    const names = [...readFileSync(join(folder, name), 'utf8').matchAll(/^-- (.*) --\n/gm)].map((m) => m[1])
    return files.filter((_, i) => names[i] !== 'rules').map((text) => reveal(text.replace(/\n$/, '')))
  })
}

// ⟦200B⟧ stands for a character that one can't see.
const reveal = (text) => text.replace(/⟦([0-9A-F]{4,5})⟧/g, (_, digits) => String.fromCodePoint(parseInt(digits, 16)))

// The strings of the inputs that the fuzzer has kept.
export function corpus() {
  return ['caption/testdata/fuzz/FuzzCompose', 'twittertext/testdata/fuzz/FuzzWeight'].flatMap((path) => {
    const folder = join(internal, path)
    return readdirSync(folder).sort().flatMap((name) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(/^string\((".*")\)$/gm)].map((m) => unquote(m[1])))
  })
}

// unquote reads a string of Go in double quotes.
function unquote(quoted) {
  const simple = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92, '"': 34 }
  const parts = quoted.slice(1, -1).match(/\\x..|\\u.{4}|\\U.{8}|\\[0-7]{3}|\\.|[^\\]/gsu) ?? []
  const bytes = parts.flatMap((part) => {
    if (part[0] !== '\\') return [...Buffer.from(part)]
    if (part[1] === 'x') return [parseInt(part.slice(2), 16)]
    if (part[1] === 'u' || part[1] === 'U') return [...Buffer.from(String.fromCodePoint(parseInt(part.slice(2), 16)))]
    if (/[0-7]/.test(part[1])) return [parseInt(part.slice(1), 8)]
    return [simple[part[1]]]
  })
  return Buffer.from(bytes).toString('utf8')
}

#!/usr/bin/env bash
# Plays a person who sets postferry up, against the stand-ins: a terminal (tmux), a browser
# (headless Chromium), and then the first mirrored post. scripts/rehearse-setup.sh [FOLDER for
# screenshots] It needs tmux, chromium, node and npm.
set -euo pipefail
cd "$(dirname "$0")/.."
shots="${1:-}"
temp="$(mktemp -d)"
export TMUX_TMPDIR="$temp"
cleanup() {
  tmux kill-server 2>/dev/null || true
  if [ -n "${serving:-}" ]; then kill "$serving" 2>/dev/null || true; fi
  sleep 0.5 # a browser takes its leave
  rm -rf "$temp" || true
}
trap cleanup EXIT

go build -o "$temp/postferry" ./cmd/postferry
"$temp/postferry" demo --serve --every 5s >"$temp/env" 2>"$temp/talk" &
serving=$!
until grep -q 'wait to be mirrored' "$temp/talk"; do sleep 0.1; done
value() { sed -n "s/^export $1='\(.*\)'$/\1/p" "$temp/env"; }

# The person's clone: a copy of the repository, without workflows yet.
mkdir -p "$temp/clone" "$temp/bin" "$temp/browser"
cp action.yml "$temp/clone/"

# The person's browser: it opens the consent page, looks, presses "Authorize app", and looks again.
(cd "$temp/browser" && npm install --silent --no-audit --no-fund puppeteer-core@24 >/dev/null 2>&1)
cat >"$temp/browser/press.mjs" <<'JS'
import puppeteer from 'puppeteer-core'
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'] })
const page = await browser.newPage()
await page.setViewport({ width: 900, height: 560 })
await page.goto(process.argv[2])
await Promise.all([page.waitForNavigation(), page.click('#allow')])
console.log(await page.title(), '|', await page.$eval('h1', (e) => e.textContent))
if (process.env.SHOTS) {
  await page.screenshot({ path: process.env.SHOTS + '/callback-light.png' })
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }])
  await page.screenshot({ path: process.env.SHOTS + '/callback-dark.png' })
}
await browser.close()
JS
cat >"$temp/bin/xdg-open" <<SH
#!/bin/sh
CHROMIUM="$(command -v chromium || command -v chromium-browser || command -v google-chrome)" SHOTS="$shots" node "$temp/browser/press.mjs" "\$1" >"$temp/browser.log" 2>&1
SH
chmod +x "$temp/bin/xdg-open"

tmux new-session -d -s setup -x 160 -y 50 -c "$temp/clone" env PATH="$temp/bin:$PATH" HOME="$temp" \
  GITHUB_API_URL="$(value GITHUB_API_URL)" X_API_URL="$(value X_API_URL)" X_AUTHORIZE_URL="$(value X_AUTHORIZE_URL)" \
  INSTAGRAM_API_URL="$(value INSTAGRAM_API_URL)" bash --norc
screen() { tmux capture-pane -p -J -S - -t setup; }
# answer waits for a question and types.
answer() {
  for _ in $(seq 300); do
    if screen | grep -v '^$' | tail -n 1 | grep -q "$1"; then
      tmux send-keys -t setup -l -- "$2"
      tmux send-keys -t setup Enter
      sleep 0.2
      return
    fi
    sleep 0.1
  done
  printf 'nobody asked: %s\n' "$1"
  screen
  exit 1
}
tmux send-keys -t setup "$temp/postferry setup" Enter
answer 'Repository (owner/name):' "$(value GITHUB_REPOSITORY)"
answer 'GitHub token (not shown):' "$(value SECRETS_TOKEN)"
answer 'Client ID:' "$(value X_CLIENT_ID)"
answer 'Client secret.*(not shown):' "$(value X_CLIENT_SECRET)"
answer 'that will post. Is that right?' y
answer 'Login \[instagram\]:' instagram
answer 'Instagram token (not shown):' "$(value INSTAGRAM_TOKEN)"
answer 'will be mirrored. Is that right?' y
answer 'Keep it as SECRETS_TOKEN?' n
answer 'Write these 4 files?' y
answer 'Switch it on?' y
answer '[$#] *$' ''
screen >"$temp/screen"
if grep -qF -e "$(value X_CLIENT_SECRET)" -e "$(value INSTAGRAM_TOKEN)" -e "$(value SECRETS_TOKEN)" "$temp/screen"; then
  echo "a secret was shown"
  exit 1
fi
grep -E '^ *(ok|It is|The posts|On,|written|[0-9]\.)' "$temp/screen"
printf 'the browser ended at: '
cat "$temp/browser.log"
grep -q 'postferry may post as @kamo_mugs now' "$temp/browser.log"

# What it wrote is enough for a run, as the schedule would start it: the next photo that is
# published arrives.
sleep 6
url="$(sed -n 's/^# The same.*curl -s //p' "$temp/env")"
curl -fsS "$url" >"$temp/env-now"
set -a
. "$temp/env-now"
set +a
echo '== postferry mirror'
"$temp/postferry" mirror --config "$temp/clone/.github/postferry.yml" | tee "$temp/mirrored"
grep -q 'posted [1-9]' "$temp/mirrored"

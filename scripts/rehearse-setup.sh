#!/usr/bin/env bash
# Plays a person who sets postferry up, against the stand-ins, up to the first mirrored post:
#   scripts/rehearse-setup.sh [terminal|oauth2|keys|facebook ...]
#   terminal  a terminal (tmux) and a browser on the same machine
#   oauth2    a browser alone, in a copy of template/: the workflow setup, its issue, X's consent
#   keys      the same with X's own four keys, which takes no consent
#   facebook  the same with Facebook Login for Instagram
#   hand      the commands of docs/setup.md, as they stand there
# Without an argument all are played. X's consent page is opened in a real browser (headless
# Chromium, driven by puppeteer-core). The workflows run in act (go install
# github.com/nektos/act@v0.2.89). A way whose tools are not installed is skipped, and says so.
# SHOTS=FOLDER keeps screenshots of the page that the terminal's browser ends at.
set -euo pipefail
cd "$(dirname "$0")/.."
ways=("$@")
if [ "${#ways[@]}" = 0 ]; then ways=(terminal oauth2 keys facebook hand); fi
temp="$(mktemp -d)"
export TMUX_TMPDIR="$temp"
serving=""
cleanup() {
  tmux kill-server 2>/dev/null || true
  if [ -n "$serving" ]; then kill "$serving" 2>/dev/null || true; fi
  sleep 0.5 # a browser takes its leave
  chmod -R u+w "$temp" 2>/dev/null || true
  rm -rf "$temp" || true
}
trap cleanup EXIT
for role in AUTHOR COMMITTER; do
  export "GIT_${role}_NAME=rehearsal" "GIT_${role}_EMAIL=rehearsal@example.com"
done

say() { printf '\n== %s\n' "$*"; }

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# lacks prints the tools of a way that are not installed.
lacks() { # TOOL...
  local tool
  for tool in "$@"; do
    if [ "$tool" = chromium ]; then
      [ -n "$chromium" ] || printf ' chromium'
    else
      command -v "$tool" >/dev/null || printf ' %s' "$tool"
    fi
  done
}

chromium="$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)"

# browser installs what drives the browser, once.
browser() {
  if [ -d "$temp/browser" ]; then return; fi
  mkdir "$temp/browser"
  (cd "$temp/browser" && npm install --silent --no-audit --no-fund puppeteer-core@24 >/dev/null 2>&1)
  # It opens the consent page, looks, presses "Authorize app", and prints where it ends. GitHub
  # can't be reached from here, so the issue's own page is a stand-in of the browser's.
  cat >"$temp/browser/press.mjs" <<'JS'
import puppeteer from 'puppeteer-core'
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'] })
const page = await browser.newPage()
await page.setViewport({ width: 900, height: 560 })
await page.setRequestInterception(true)
let bar // the address bar shows where it went, whether or not somebody answers there
page.on('request', (r) => {
  if (r.isNavigationRequest()) bar = r.url()
  if (!r.url().startsWith('https://github.com/')) return r.continue()
  r.respond({ contentType: 'text/html', body: '<title>GitHub</title><h1>The issue</h1>' })
})
await page.goto(process.argv[2])
await Promise.all([page.waitForNavigation().catch(() => {}), page.click('#allow')])
console.log(await page.title(), '|', await page.$eval('h1', (e) => e.textContent).catch(() => ''))
console.log(bar)
if (process.env.SHOTS) {
  await page.screenshot({ path: process.env.SHOTS + '/callback-light.png' })
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }])
  await page.screenshot({ path: process.env.SHOTS + '/callback-dark.png' })
}
await browser.close()
JS
}

# stand_ins starts new stand-ins. A photo is published every five seconds.
stand_ins() {
  if [ -n "$serving" ]; then kill "$serving"; fi
  rm -f "$temp/env" "$temp/talk"
  "$temp/postferry" demo --serve --every 5s >"$temp/env" 2>"$temp/talk" &
  serving=$!
  until grep -qs 'wait to be mirrored' "$temp/talk"; do sleep 0.1; done
}

value() { sed -n "s/^export $1='\(.*\)'$/\1/p" "${2:-$temp/env}"; }

# more asks the stand-ins for what a person copies from another page.
more() { # PATH
  curl -fsS "$(sed -n 's/^# The same.*curl -s //p' "$temp/env")/$1"
}

# ---- in a terminal

screen() { tmux capture-pane -p -J -S - -t setup; }

# answer waits for a question and types.
answer() {
  for _ in $(seq 600); do
    if screen | grep -v '^$' | tail -n 1 | grep -q "$1"; then
      tmux send-keys -t setup -l -- "$2"
      tmux send-keys -t setup Enter
      sleep 0.2
      return
    fi
    sleep 0.1
  done
  screen
  fail "nobody asked: $1"
}

way_terminal() {
  stand_ins
  # The person's clone: a copy of the repository, without workflows yet.
  mkdir -p "$temp/clone" "$temp/bin"
  cp action.yml "$temp/clone/"
  cat >"$temp/bin/xdg-open" <<SH
#!/bin/sh
CHROMIUM="$chromium" SHOTS="${SHOTS:-}" node "$temp/browser/press.mjs" "\$1" >"$temp/browser.log" 2>&1
SH
  chmod +x "$temp/bin/xdg-open"
  tmux new-session -d -s setup -x 160 -y 50 -c "$temp/clone" env PATH="$temp/bin:$PATH" HOME="$temp" \
    LC_ALL=C.UTF-8 \
    GITHUB_API_URL="$(value GITHUB_API_URL)" X_API_URL="$(value X_API_URL)" \
    X_AUTHORIZE_URL="$(value X_AUTHORIZE_URL)" INSTAGRAM_API_URL="$(value INSTAGRAM_API_URL)" \
    bash --norc
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
  if grep -qF -e "$(value X_CLIENT_SECRET)" -e "$(value INSTAGRAM_TOKEN)" \
    -e "$(value SECRETS_TOKEN)" "$temp/screen"; then
    fail "a secret was shown"
  fi
  grep -E '^ *(ok|It is|The posts|On,|written|[0-9]\.)' "$temp/screen"
  printf 'the browser ended at: '
  head -n 1 "$temp/browser.log"
  grep -q 'postferry may post as @kamo_mugs now' "$temp/browser.log"
  # What it wrote is enough for a run, as the schedule would start it: the next photo that is
  # published arrives.
  sleep 6
  more '' >"$temp/env-now"
  (
    set -a
    # shellcheck source=/dev/null
    . "$temp/env-now"
    set +a
    say "postferry mirror"
    "$temp/postferry" mirror --config "$temp/clone/.github/postferry.yml" | tee "$temp/mirrored"
  )
  grep -q 'posted [1-9]' "$temp/mirrored"
}

# ---- in a browser

# foreign makes a project of another name, whose action a copy of the template uses. It is a clone:
# what is not committed does not run on GitHub either. The actions that fetch Go and a cached build
# are replaced by empty ones.
foreign() {
  if [ -d "$temp/ferry" ]; then return; fi
  git clone -q . "$temp/ferry"
  sha="$(git -C "$temp/ferry" rev-parse HEAD)"
  replaced=(--local-repository "someone/ferry@$sha=$temp/ferry")
  local use
  while read -r use; do
    mkdir -p "$temp/stubs/${use%@*}"
    printf '%s\n' 'name: stub' 'description: stub' 'runs:' '  using: composite' '  steps:' \
      '    - run: ":"' '      shell: bash' >"$temp/stubs/${use%@*}/action.yml"
    git -C "$temp/stubs/${use%@*}" init -q
    git -C "$temp/stubs/${use%@*}" add -A
    git -C "$temp/stubs/${use%@*}" commit -q -m stub
    replaced+=(--local-repository "$use=$temp/stubs/${use%@*}")
  done < <(grep -hoE 'actions/(cache|setup-go)@[0-9a-f]+' "$temp/ferry/action.yml" | sort -u)
}

# copy makes the person's repository of the template, with a configuration. Its state branch is not
# the one that the stand-ins begin with.
copy() { # CONFIGURATION
  repository="$temp/repository"
  rm -rf "$repository"
  (cd "$temp/ferry" && scripts/template.sh someone/ferry "$sha" v0.0.1 "$repository")
  printf 'version: 1\nstate_branch: state-of-a-copy\n%s' "$1" >"$repository/.github/postferry.yml"
  git init -q "$repository"
  git -C "$repository" add -A
  git -C "$repository" commit -q -m "Initial commit"
  secrets=(-s "GITHUB_TOKEN=$(value GITHUB_TOKEN)")
  run=100
}

# play runs a workflow as the person's repository does.
play() { # EVENT WORKFLOW [FLAG...]
  local event="$1" workflow="$2" name
  shift 2
  run=$((run + 1))
  local flags=()
  for name in GITHUB_API_URL X_API_URL X_AUTHORIZE_URL INSTAGRAM_API_URL GITHUB_REPOSITORY; do
    flags+=(--env "$name=$(value "$name")")
  done
  (cd "$repository" && act "$event" -W ".github/workflows/$workflow.yml" --actor someone \
    -P ubuntu-latest=-self-hosted --action-cache-path "$temp/cache" --env "GITHUB_RUN_ID=$run" \
    "${replaced[@]}" "${flags[@]}" "${secrets[@]}" "$@") >"$temp/log-$workflow" 2>&1 ||
    { cat "$temp/log-$workflow"; fail "the workflow $workflow failed"; }
}

# as_person asks GitHub's stand-in in the person's name.
as_person() { # METHOD PATH [BODY]
  curl -fsS -X "$1" -H "Authorization: Bearer $(value SECRETS_TOKEN)" ${3:+-d "$3"} \
    "$(value GITHUB_API_URL)/repos/$(value GITHUB_REPOSITORY)/$2"
}

issue() { as_person GET issues/1 | jq -r .body; }

# sees fails unless the issue says something.
sees() { # TEXT...
  local text
  for text in "$@"; do
    issue | grep -qF -- "$text" || { issue; fail "the issue does not say: $text"; }
  done
}

# consent waits for the link in the issue, presses it in the browser, and pastes the address into a
# comment.
consent() {
  local link="" back
  for _ in $(seq 900); do
    link="$(issue | sed -n 's/.*\*\*\[Log in to X\](\([^)]*\)).*/\1/p')"
    if [ -n "$link" ]; then break; fi
    sleep 1
  done
  [ -n "$link" ] || { issue; fail "the issue shows no link"; }
  back="$(CHROMIUM="$chromium" SHOTS='' node "$temp/browser/press.mjs" "${link//&amp;/&}" | tail -n 1)"
  printf 'the browser ended at %s\n' "${back%%\?*}"
  as_person POST issues/1/comments "$(jq -n --arg body "$back" '{body: $body}')" >/dev/null
}

# in_browser goes from a copy of the template to the first mirrored post. The secrets are those that
# the person sets.
in_browser() { # CONFIGURATION CONSENT SECRET...
  local configuration="$1" login="$2" one
  shift 2
  copy "$configuration"
  say "1. the first push of a copy: the workflow opens the issue"
  play push setup
  sees '- [x] **1.' '- [ ] **2.' '- [ ] **3.'
  say "2., 3. the values go into the secrets"
  for one in "$@"; do secrets+=(-s "$one"); done
  secrets+=(-s "VAULT_KEY=a phrase of forty characters, by a manager")
  say "4. the workflow once more"
  if [ "$login" = yes ]; then
    play workflow_dispatch setup &
    local job=$!
    say "5. the login to X"
    consent
    wait "$job"
    sees '- [x] **5.'
    [ "$(as_person GET issues/1/comments | jq length)" = 0 ] || fail "a comment stays"
  else
    play workflow_dispatch setup
  fi
  sees 'Only the switch is missing' 'settings/variables/actions/new'
  if grep -qE 'sim(Access|Refresh)[0-9]' "$temp/log-setup"; then fail "a token is in the log"; fi
  issue | sed -n '/^```/,/^```/p'
  say "6. the switch, and the schedule"
  sleep 6 # another photo is published
  play schedule mirror --var POSTFERRY=on
  grep -E 'posted [0-9]' "$temp/log-mirror"
  grep -q 'posted [1-9]' "$temp/log-mirror"
}

way_oauth2() {
  stand_ins
  in_browser '' yes "X_CLIENT_ID=$(value X_CLIENT_ID)" "X_CLIENT_SECRET=$(value X_CLIENT_SECRET)" \
    "INSTAGRAM_TOKEN=$(value INSTAGRAM_TOKEN)"
}

way_keys() {
  stand_ins
  more keys >"$temp/keys"
  local secret all=()
  for secret in X_API_KEY X_API_SECRET X_ACCESS_TOKEN X_ACCESS_TOKEN_SECRET; do
    all+=("$secret=$(value "$secret" "$temp/keys")")
  done
  in_browser $'routes: {main: {x: {auth: keys}}}\n' no "${all[@]}" \
    "INSTAGRAM_TOKEN=$(value INSTAGRAM_TOKEN)"
}

way_facebook() {
  stand_ins
  more facebook >"$temp/facebook"
  local secret all=()
  for secret in INSTAGRAM_TOKEN INSTAGRAM_USER_ID INSTAGRAM_APP_ID INSTAGRAM_APP_SECRET; do
    all+=("$secret=$(value "$secret" "$temp/facebook")")
  done
  in_browser $'routes: {main: {instagram: {login: facebook}}}\n' yes "${all[@]}" \
    "X_CLIENT_ID=$(value X_CLIENT_ID)" "X_CLIENT_SECRET=$(value X_CLIENT_SECRET)"
}

# ---- by hand

# commands prints the shell commands below a heading of docs/setup.md. The services' addresses are
# those of the stand-ins.
commands() { # HEADING
  awk -v heading="### $1" '
    /^##/ { on = $0 == heading }
    on && /^```sh/ { inside = 1; next }
    /^```/ { inside = 0 }
    inside' docs/setup.md |
    sed -e "s|https://x.com/i/oauth2/authorize|$(value X_AUTHORIZE_URL)|" \
      -e "s|https://api.x.com|$(value X_API_URL)|" \
      -e "s|https://graph.facebook.com|$(value INSTAGRAM_API_URL)|"
}

way_hand() {
  stand_ins
  commands "X's login by curl" >"$temp/all"
  sed "/^CODE=/,\$d; s|^CLIENT_ID=.*|CLIENT_ID='$(value X_CLIENT_ID)' CLIENT_SECRET='$(
    value X_CLIENT_SECRET)'|" "$temp/all" >"$temp/before"
  sed -n '/^CODE=/,$p' "$temp/all" | sed '/^CODE=/d' >"$temp/after"
  local SHOTS=''
  (
    # shellcheck source=/dev/null
    . "$temp/before" >"$temp/address"
    back="$(CHROMIUM="$chromium" node "$temp/browser/press.mjs" "$(cat "$temp/address")" | tail -n 1)"
    case "$back" in *"state=$STATE"*) ;; *) fail "another state: ${back%%\?*}" ;; esac
    CODE="$(sed 's/.*[?&]code=\([^&]*\).*/\1/' <<<"$back")"
    export CODE
    . "$temp/after" >"$temp/tokens"
  )
  [ -n "$(jq -r '.access_token // empty' "$temp/tokens")" ] || fail "no access token"
  [ -n "$(jq -r '.refresh_token // empty' "$temp/tokens")" ] || fail "no refresh token"
  echo "X's login: $(jq -r .scope "$temp/tokens")"
  more facebook >"$temp/facebook"
  commands "Instagram's token by curl" |
    sed "s|^APP_ID=.*|APP_ID='$(value INSTAGRAM_APP_ID "$temp/facebook")' APP_SECRET='$(
      value INSTAGRAM_APP_SECRET "$temp/facebook")' SHORT='$(value INSTAGRAM_TOKEN "$temp/facebook")'|" >"$temp/graph"
  bash "$temp/graph" >"$temp/pages"
  [ "$(jq -r '.data[0].instagram_business_account.id' "$temp/pages")" = \
    "$(value INSTAGRAM_USER_ID "$temp/facebook")" ] || { cat "$temp/pages"; fail "no account"; }
  echo "Instagram's account: $(jq -r '.data[0].instagram_business_account.username' "$temp/pages")"
}

for way in "${ways[@]}"; do
  case "$way" in
    hand) missing="$(lacks go chromium node npm curl jq openssl)" ;;
    terminal) missing="$(lacks go tmux chromium node npm)" ;;
    oauth2 | facebook) missing="$(lacks go act git jq chromium node npm)" ;;
    keys) missing="$(lacks go act git jq)" ;;
    *) fail "no such way: $way" ;;
  esac
  say "$way"
  if [ -n "$missing" ]; then
    echo "skipped: not installed:$missing"
    continue
  fi
  [ -x "$temp/postferry" ] || go build -o "$temp/postferry" ./cmd/postferry
  case "$way" in terminal | oauth2 | facebook | hand) browser ;; esac
  case "$way" in oauth2 | keys | facebook) foreign ;; esac
  "way_$way"
done

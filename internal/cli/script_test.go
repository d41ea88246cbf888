package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/postferry/postferry/internal/cli"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/sim"
)

var update = flag.Bool("update", false, "rewrite what the scripts compare with")

// TestScripts runs the scripts of testdata/script. Each has a world of its own, and reads as
// documentation: its first line is the sentence that it proves.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: *update, RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			s := newStage()
			e.Values[stageKey{}] = s
			for name, value := range s.w.Env() {
				e.Setenv(name, value)
			}
			examples, err := filepath.Abs("../../examples")
			if err != nil {
				return err
			}
			e.Setenv("LANG", "C.UTF-8")
			e.Setenv("EXAMPLES", examples)
			e.Setenv("GITHUB_STEP_SUMMARY", e.Cd+"/summary.md")
			e.Setenv("GITHUB_OUTPUT", e.Cd+"/outputs.txt")
			e.Setenv("SLACK_WEBHOOK_URL", s.hook.URL+"/slack-secret-path")
			e.Setenv("HEARTBEAT_URL", s.hook.URL+"/beat")
			e.Defer(s.hook.Close)
			e.Defer(func() { s.truth(e) })
			return nil
		},
		Cmds: commands(),
	})
}

// truth fails a script whose issues contradict themselves, or name the secrets of another route.
func (s *stage) truth(e *testscript.Env) {
	conf := config.Default()
	if c, err := config.Load(e.Cd+"/.github/postferry.yml", true); err == nil {
		conf = c
	}
	for _, i := range s.w.GitHub().Issues() {
		for _, c := range faults(i, documentOf(s.w, i), conf) {
			e.T().Log(i.Body)
			e.T().Fatal("an issue contradicts itself: ", c)
		}
	}
}

type stageKey struct{}

// stage is what one script plays on.
type stage struct {
	w       *sim.World
	hook    *httptest.Server
	code    int
	mu      sync.Mutex
	slack   []string
	beats   int
	photo   []byte
	said    []string // what a person has posted on X by hand, by id
	input   string   // what the person types
	click   string   // what the person does in the browser
	account string   // the Instagram account that publishes, "" for the first
	lost    string   // the commit that the state branch lost last
	video   []byte
}

func newStage() *stage {
	s := &stage{
		w: sim.New(sim.Options{Processing: time.Nanosecond}), photo: sim.PhotoBytes(64, 64, 1),
		video: sim.VideoBytes(1, 1),
	}
	s.hook = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if r.URL.Path == "/beat" {
			s.beats++
			return
		}
		var m struct{ Text string }
		_ = json.NewDecoder(r.Body).Decode(&m)
		s.slack = append(s.slack, m.Text)
	}))
	return s
}

// RoundTrip is the network of a script: the world by host, and the hooks on loopback.
func (s *stage) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.String(), s.hook.URL) {
		return http.DefaultTransport.RoundTrip(r)
	}
	return s.w.Transport().RoundTrip(r)
}

// command is a script's command: it plays on the stage, and fails the script by an error.
type command func(s *stage, ts *testscript.TestScript, args []string) error

func commands() map[string]func(*testscript.TestScript, bool, []string) {
	out := map[string]func(*testscript.TestScript, bool, []string){"postferry": postferry}
	for name, c := range map[string]command{
		"status": status, "ig-post": igPost, "ig": ig, "x-fail": xFail, "x-lose": xLose,
		"fail": fail, "refuse": refuse, "heal": heal, "x": x,
		"x-posts": xPosts, "github": github, "issues": issues, "show-issue": showIssue,
		"state": showState, "set-state": setState,
		"types": types, "clicks": clicks, "busy": busy, "variable": variable, "advance": advance,
		"calls": calls, "slack": slack, "secret": secret, "branch": branch, "answer": answer,
		"answer-bot": answerBot, "cmp-head": cmpHead,
		"account": account, "no-dates": noDates,
	} {
		out[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			if neg {
				ts.Fatalf("%s can't be negated", name)
			}
			ts.Check(c(ts.Value(stageKey{}).(*stage), ts, args))
		}
	}
	return out
}

// atWorldTime is a script's environment: its clock is the world's, so that no run waits between media.
func (s *stage) atWorldTime(getenv func(string) string) func(string) string {
	return func(name string) string {
		if v := getenv(name); v != "" || name != "POSTFERRY_NOW" {
			return v
		}
		return s.w.Now().UTC().Format(time.RFC3339)
	}
}

// postferry runs the program. Negated it wants a status that is not 0; `status N` asks which.
func postferry(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(stageKey{}).(*stage)
	var out, talk bytes.Buffer
	s.code = cli.Main(context.Background(), &cli.Process{
		Args: inFolder(ts, args), Getenv: s.atWorldTime(ts.Getenv),
		Stdin:  strings.NewReader(s.input),
		Stdout: &out, Stderr: &talk, Now: s.w.Now, Transport: s,
		Columns:     func() int { n, _ := strconv.Atoi(ts.Getenv("COLUMNS")); return n },
		Interactive: s.input != "", Open: s.browser,
	})
	s.input = ""
	_, _ = ts.Stdout().Write(out.Bytes())
	_, _ = ts.Stderr().Write(talk.Bytes())
	if (s.code != 0) != neg {
		ts.Fatalf("status %d\n%s%s", s.code, &out, &talk)
	}
}

// inFolder makes the paths among the flags absolute: the program runs in the test's own process.
func inFolder(ts *testscript.TestScript, args []string) []string {
	out := slices.Clone(args)
	given := false
	for i, a := range out {
		if i > 0 && (out[i-1] == "--config" || out[i-1] == "--state-dir" || out[i-1] == "--dir") {
			out[i] = ts.MkAbs(a)
			given = given || out[i-1] == "--config"
		}
	}
	if _, err := os.Stat(ts.MkAbs(".github/postferry.yml")); err == nil && !given && len(out) > 0 &&
		out[0] != "demo" {
		out = append(out, "--config", ts.MkAbs(".github/postferry.yml"))
	}
	return out
}

func status(s *stage, _ *testscript.TestScript, args []string) error {
	if got := strconv.Itoa(s.code); got != args[0] {
		return fmt.Errorf("status %s, want %s", got, args[0])
	}
	return nil
}

// badWidth tells the photos that `refuse NAME bad` is about from the others.
const badWidth = 61

// refuse plays an answer that was seen, by its name in package sim, until the world is healed:
// refuse NAME all, or refuse NAME WORD, which meets posts with that word and the bad photos.
func refuse(s *stage, _ *testscript.TestScript, args []string) error {
	f := sim.Refuse(args[0])
	f.Times = -1
	if args[1] != "all" {
		f.When = func(s sim.Subject) bool {
			bad := func(u sim.Upload) bool { return u.Width == badWidth }
			return strings.Contains(s.Text, args[1]) || slices.ContainsFunc(s.Files, bad)
		}
	}
	s.w.Fail(f)
	return nil
}

// igPost publishes: ig-post KIND CAPTION [ALT TEXT], where KIND is photo, bad-photo, large-photo,
// endless-photo, video, kept-back (a video whose file Instagram does not give), or
// carousel:photo,video,…
func igPost(s *stage, _ *testscript.TestScript, args []string) error {
	kind, children, _ := strings.Cut(args[0], ":")
	m := sim.Media{Caption: strings.ReplaceAll(args[1], `\n`, "\n"), Account: s.account}
	kinds := []string{kind}
	if kind == "carousel" {
		kinds = strings.Split(children, ",")
	}
	for _, k := range kinds {
		it := sim.Item{Kind: k, Bytes: s.photo}
		if k == "bad-photo" {
			it.Kind, it.Bytes = "photo", sim.PhotoBytes(badWidth, badWidth, 1)
		}
		if picture := pictures[k]; picture != nil {
			it.Kind, it.Bytes = "photo", picture()
		}
		if k == "kept-back" {
			it.Kind, it.NoURL = "video", true
		}
		if it.Kind == "video" {
			it.Bytes = s.video
		}
		if len(args) > 2 && k == "photo" {
			it.AltText = strings.NewReplacer(`\n`, "\n", `\u2028`, "\u2028").Replace(args[2])
		}
		m.Items = append(m.Items, it)
	}
	s.w.Advance(2 * time.Second)
	s.w.Instagram().Publish(m)
	s.w.Advance(2 * time.Second)
	return nil
}

// ig changes Instagram: ig break, mend, kill-token, new-token, short-token, personal, facebook; a
// media by its id: ig unpublish ID, edit ID CAPTION, made-with-ai ID; ig lacks FIELD … takes fields
// out of its list.
func ig(s *stage, ts *testscript.TestScript, args []string) error {
	switch args[0] {
	case "break":
		s.w.Instagram().BreakLikeSeptember2023()
	case "mend":
		s.w.Instagram().Repair()
	case "kill-token":
		s.w.Instagram().KillTokens()
	case "new-token":
		ts.Setenv("INSTAGRAM_TOKEN", s.w.Instagram().NewToken())
	case "short-token":
		ts.Setenv("INSTAGRAM_TOKEN", s.w.Instagram().ShortToken("facebook"))
	case "personal":
		s.w.Instagram().SetAccount(func(a *sim.Account) { a.Type = "PERSONAL" })
	case "unpublish":
		s.w.Instagram().Unpublish(args[1])
	case "edit":
		s.w.Instagram().Edit(args[1], func(m *sim.Media) { m.Caption = args[2] })
	case "made-with-ai":
		s.w.Instagram().Edit(args[1], func(m *sim.Media) { m.AIGenerated = true })
	case "lacks":
		s.w.Instagram().SetAccount(func(a *sim.Account) { a.NoFields = args[1:] })
	case "facebook":
		for name, value := range s.w.Instagram().FacebookEnv() {
			ts.Setenv(name, value)
		}
	default:
		return fmt.Errorf("ig: %s?", args[0])
	}
	return nil
}

// x changes X: x reject-videos HOW, x scopes 'A B', x expire, x login, x keys, x read-only-keys,
// x revoke-keys, x credit USD.
func x(s *stage, ts *testscript.TestScript, args []string) error {
	switch args[0] {
	case "reject-videos":
		s.w.X().RejectVideos(args[1])
	case "scopes":
		s.w.X().SetScopes(strings.Fields(args[1])...)
	case "expire":
		s.w.X().ExpireAccess()
	case "login":
		refresh, access := s.w.X().Login()
		ts.Setenv("X_REFRESH_TOKEN", refresh)
		ts.Setenv("X_ACCESS_TOKEN", access)
	case "keys", "read-only-keys":
		for name, value := range s.w.X().PortalKeys(args[0] == "keys") {
			ts.Setenv(name, value)
		}
	case "revoke-keys":
		s.w.X().RevokeKeys()
	case "person-posts":
		s.said = append(s.said, s.w.X().PersonPosts(args[1], args[2:]...))
	case "hide-attachments":
		s.w.X().HideAttachments()
	case "person-deletes":
		for _, id := range s.said {
			s.w.X().DeletePost(id)
		}
	case "credit":
		usd, err := strconv.ParseFloat(args[1], 64)
		s.w.X().SetCredit(usd)
		return err
	default:
		return fmt.Errorf("x: %s?", args[0])
	}
	return nil
}

// fail plans failures: fail SERVICE CALL TIMES STATUS BODY; a TIMES of -1 is all.
func fail(s *stage, _ *testscript.TestScript, args []string) error {
	times, err1 := strconv.Atoi(args[2])
	code, err2 := strconv.Atoi(args[3])
	s.w.Fail(sim.Fault{
		Service: args[0], Call: args[1], Times: times, Status: code,
		Body: strings.Join(args[4:], " "),
	})
	if err1 != nil {
		return err1
	}
	return err2
}

// xFail is x-fail STATUS BODY: the next post is refused so.
func xFail(s *stage, ts *testscript.TestScript, args []string) error {
	return fail(s, ts, append([]string{"x", "POST /2/tweets", "1"}, args...))
}

// xLose loses the answer of the next call, whose effect stays: x-lose 'POST /2/tweets'.
func xLose(s *stage, _ *testscript.TestScript, args []string) error {
	s.w.Fail(sim.Fault{Service: "x", Call: args[0], Reset: sim.After})
	return nil
}

func heal(s *stage, _ *testscript.TestScript, _ []string) error {
	s.w.ClearFaults()
	return nil
}

// xPosts prints the timeline, oldest first.
func xPosts(s *stage, ts *testscript.TestScript, _ []string) error {
	if len(s.w.X().Tweets()) == 0 {
		fmt.Fprintln(ts.Stdout(), "nothing")
	}
	for _, t := range s.w.X().Tweets() {
		var files []string
		for _, m := range t.Media {
			f := strings.TrimPrefix(m.Category, "tweet_")
			if m.AltText != "" {
				f += " (" + strings.ReplaceAll(m.AltText, "\n", " / ") + ")"
			}
			files = append(files, f)
		}
		lead := "-"
		if t.InReplyTo != "" {
			lead = "  -"
		}
		labels := ""
		if t.MadeWithAI {
			labels += " made with AI"
		}
		if t.PaidPartnership {
			labels += " paid"
		}
		fmt.Fprintf(ts.Stdout(), "%s %s [%s]%s\n", lead, strings.ReplaceAll(t.Text, "\n", " / "),
			strings.Join(files, ", "), labels)
	}
	return nil
}

// github changes GitHub: github allow|deny TOKEN SCOPE, secrets-token-ends SPAN, no-issues, quiet, close
// N; or brings the environment up to date: github vault-key, github secrets.
func github(s *stage, ts *testscript.TestScript, args []string) error {
	switch args[0] {
	case "allow", "deny":
		s.w.GitHub().SetPermission(args[1], args[2], args[0] == "allow")
	case "secrets-token-ends":
		d, err := span(args[1])
		s.w.GitHub().SetSecretsTokenExpiry(s.w.Now().Add(d))
		return err
	case "quiet": // github quiet [private]: nobody commits any more
		s.w.GitHub().SetQuiet(s.w.Now(), len(args) > 1)
	case "no-issues":
		s.w.GitHub().DisableIssues()
	case "close":
		n, err := strconv.Atoi(args[1])
		s.w.GitHub().CloseIssue(n)
		return err
	case "vault-key":
		v, _ := s.w.GitHub().Secret("VAULT_KEY")
		ts.Setenv("VAULT_KEY", v)
	case "secrets":
		// A new run reads the secrets as they are now.
		for _, name := range []string{"X_REFRESH_TOKEN", "X_ACCESS_TOKEN", "INSTAGRAM_TOKEN"} {
			if v, ok := s.w.GitHub().Secret(name); ok {
				ts.Setenv(name, v)
			}
		}
	default:
		return fmt.Errorf("github: %s?", args[0])
	}
	return nil
}

// branch changes the state branch: branch back N, delete, put-back (to the commit that was lost
// last), or copy (the repository has another id).
func branch(s *stage, _ *testscript.TestScript, args []string) error {
	b := s.w.GitHub().Branch("postferry-state")
	switch args[0] {
	case "back":
		n, err := strconv.Atoi(args[1])
		s.lost = b.ForceBack(n)
		return err
	case "delete":
		s.lost = b.Delete()
	case "put-back":
		b.PutBack(s.lost)
	case "forget":
		s.w.GitHub().DeleteFile("postferry-state", "state/"+args[1]+".yaml")
	case "copy":
		s.w.GitHub().SetRepositoryID(42)
	default:
		return fmt.Errorf("branch: %s?", args[0])
	}
	return nil
}

// cmpHead looks for the head of the state branch in a summary.
func cmpHead(s *stage, ts *testscript.TestScript, args []string) error {
	head := s.w.GitHub().Branch("postferry-state").Head()
	want := "The state is at commit `" + head + "` of the branch `postferry-state`."
	if got := ts.ReadFile(args[0]); !strings.Contains(got, want) {
		return fmt.Errorf("the head is %s, and the summary says\n%s", head, got)
	}
	return nil
}

// answer is a person who closes an issue: answer N completed|not_planned.
func answer(s *stage, _ *testscript.TestScript, args []string) error {
	n, err := strconv.Atoi(args[0])
	if err == nil {
		s.w.GitHub().Issue(n).Close("someone", args[1])
	}
	return err
}

// answerBot is a bot that closes an issue: answer-bot N.
func answerBot(s *stage, _ *testscript.TestScript, args []string) error {
	n, err := strconv.Atoi(args[0])
	if err == nil {
		s.w.GitHub().Issue(n).Close("stale[bot]", "completed")
	}
	return err
}

// account logs in as somebody else: account x NAME, account instagram ID NAME.
func account(s *stage, ts *testscript.TestScript, args []string) error {
	switch args[0] {
	case "x":
		refresh, access := s.w.X().LoginAs(args[1])
		ts.Setenv("X_REFRESH_TOKEN", refresh)
		ts.Setenv("X_ACCESS_TOKEN", access)
	case "instagram":
		ts.Setenv("INSTAGRAM_TOKEN", s.w.Instagram().AddAccount(args[1], args[2]))
		s.account = args[1]
	default:
		return fmt.Errorf("account: %s?", args[0])
	}
	return nil
}

// issues prints each issue in a line.
func issues(s *stage, ts *testscript.TestScript, _ []string) error {
	for _, i := range s.w.GitHub().Issues() {
		fmt.Fprintf(ts.Stdout(), "#%d %s, %d comments: %s\n", i.Number, i.State, len(i.Comments),
			i.Title)
	}
	return nil
}

// showIssue prints an issue with its comments.
func showIssue(s *stage, ts *testscript.TestScript, args []string) error {
	for _, i := range s.w.GitHub().Issues() {
		if strconv.Itoa(i.Number) != args[0] {
			continue
		}
		fmt.Fprintln(ts.Stdout(), i.Body)
		for _, c := range i.Comments {
			fmt.Fprintf(ts.Stdout(), "--- comment\n%s\n", c)
		}
		return nil
	}
	return fmt.Errorf("there is no issue #%s", args[0])
}

func showState(s *stage, ts *testscript.TestScript, args []string) error {
	path := "state/main.yaml"
	if len(args) > 0 {
		path = args[0]
	}
	body, ok := s.w.GitHub().File("postferry-state", path)
	if !ok {
		body = "no " + path + "\n"
	}
	fmt.Fprint(ts.Stdout(), body)
	return nil
}

func setState(s *stage, ts *testscript.TestScript, args []string) error {
	s.w.GitHub().SetFile("postferry-state", "state/main.yaml", ts.ReadFile(args[0]))
	return nil
}

// advance moves the clock: advance 10m, advance 61d.
func advance(s *stage, _ *testscript.TestScript, args []string) error {
	d, err := span(args[0])
	s.w.Advance(d)
	return err
}

// span is time.ParseDuration that knows days.
func span(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		d, err := time.ParseDuration(days + "h")
		return 24 * d, err
	}
	return time.ParseDuration(text)
}

// calls prints the requests since it was last asked.
func calls(s *stage, ts *testscript.TestScript, _ []string) error {
	if len(s.w.Log()) == 0 {
		fmt.Fprintln(ts.Stdout(), "none")
	}
	for _, c := range s.w.Log() {
		fmt.Fprintf(ts.Stdout(), "%s %s %s %d\n", c.Service, c.Method, c.Path, c.Status)
	}
	s.w.ResetLog()
	return nil
}

// slack prints what Slack was told, and how often the heartbeat came.
func slack(s *stage, ts *testscript.TestScript, _ []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.slack {
		fmt.Fprintln(ts.Stdout(), m)
	}
	fmt.Fprintf(ts.Stdout(), "%d messages, %d beats\n", len(s.slack), s.beats)
	return nil
}

// secret says whether the repository's refresh token is the one that X takes.
func secret(s *stage, ts *testscript.TestScript, _ []string) error {
	token, _ := s.w.GitHub().Secret("X_REFRESH_TOKEN")
	fmt.Fprintf(ts.Stdout(), "rotations %d, stored refresh token good: %v\n", s.w.X().Refreshes(),
		s.w.X().RefreshValid(token))
	return nil
}

// types is what the person will answer: types FILE, a line for each question.
func types(s *stage, ts *testscript.TestScript, args []string) error {
	s.input = os.Expand(ts.ReadFile(args[0]), ts.Getenv)
	return nil
}

// clicks is what the person will do in the browser: allow, deny, nothing, stale (a tab of another
// login comes first), or late (the code is over when it comes back).
func clicks(s *stage, _ *testscript.TestScript, args []string) error {
	s.click = args[0]
	return nil
}

var href = regexp.MustCompile(`id="(allow|deny)" href="([^"]+)"`)

// browser is a person's: it opens X's page, presses a link, and follows it back to loopback.
func (s *stage) browser(address string) error {
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	resp, err := s.w.Transport().RoundTrip(req)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	links := map[string]string{}
	for _, m := range href.FindAllStringSubmatch(string(body), -1) {
		links[m[1]] = html.UnescapeString(m[2])
	}
	go s.press(links)
	return nil
}

func (s *stage) press(links map[string]string) {
	to := links["allow"]
	switch s.click {
	case "deny":
		to = links["deny"]
	case "late":
		s.w.Advance(31 * time.Second)
	case "stale":
		u, _ := url.Parse(to)
		q := u.Query()
		q.Set("state", "of-another-login")
		u.RawQuery = q.Encode()
		s.visit(u.String())
	}
	s.visit(to)
}

// visit is the page that the browser ends at.
func (s *stage) visit(address string) {
	resp, err := http.Get(address)
	if err != nil {
		return // the script sees that nothing came back
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
}

// variable prints one of the repository's.
func variable(s *stage, ts *testscript.TestScript, args []string) error {
	v, ok := s.w.GitHub().Variable(args[0])
	if !ok {
		v = "none"
	}
	fmt.Fprintln(ts.Stdout(), v)
	return nil
}

// noDates takes the Date out of every answer of Instagram.
func noDates(s *stage, _ *testscript.TestScript, _ []string) error {
	s.w.Fail(sim.Fault{
		Service: "instagram", Call: "* /**", Times: -1, Header: map[string]string{"Date": ""},
	})
	return nil
}

// busy takes a port of this machine until the script is over.
func busy(_ *stage, ts *testscript.TestScript, args []string) error {
	l, err := net.Listen("tcp", "127.0.0.1:"+args[0])
	if err != nil {
		return err
	}
	ts.Defer(func() { _ = l.Close() })
	return nil
}

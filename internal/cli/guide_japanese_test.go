package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// speaks has the person write a configuration.
func (b *browserWay) speaks(text string) {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), "postferry.yml")
	if err := os.WriteFile(path, []byte("version: 1\n"+text), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.conf = []string{"--config", path}
}

// Parts of an issue that are the same in each language: code, addresses, and the English names of
// screens in brackets.
var (
	notProse = regexp.MustCompile("(?s)<!--.*?-->|```.*?```|`[^`]*`|\\]\\([^)]*\\)|https?://\\S+" +
		"|「[^」]*」|（[^）]*）|\\*\\*[A-Z][^*]*\\*\\*")
	english = regexp.MustCompile(`([A-Za-z']+ ){3,}[a-z]+`)
)

// allJapanese fails for a sentence of the issue that is in English. The line that says how the issue
// is had in English is one.
func (b *browserWay) allJapanese() {
	b.t.Helper()
	for _, line := range strings.Split(notProse.ReplaceAllString(b.body(), ""), "\n") {
		if strings.HasPrefix(line, "To read this in English") {
			continue
		}
		if found := english.FindString(line); found != "" {
			b.t.Errorf("the issue has English: %q in\n%s", found, line)
		}
	}
}

// TestGuideInJapanese goes from an English issue to a set-up in Japanese, with times in Japan's zone.
func TestGuideInJapanese(t *testing.T) {
	bubble(t, "japanese", func(t *testing.T) {
		b := newBrowserWay(t)
		b.workflow(t.Context())
		b.wants("日本語で表示するには", "someone/mirror/edit/HEAD/.github/postferry.yml")
		b.speaks("language: ja\ntimezone: Asia/Tokyo\n")
		b.workflow(t.Context())
		if title := b.w.GitHub().Issues()[0].Title; title != "postferry のセットアップ" {
			t.Errorf("the title is %q", title)
		}
		b.wants("- [x] **1. テンプレートからこのリポジトリを作成**",
			"**`X_CLIENT_ID`**: 設定されていません。「OAuth 2.0 Client ID」の値を登録してください。 登録先: [",
			"チェックの付いていない項目を確認してください", "To read this in English")
		b.allJapanese()
		b.secrets()
		b.workflow(t.Context(), func() {
			b.allJapanese()
			b.wants(" JST まで待っています（ステップ 5）。** ", "**[X にログイン](", "30 秒以内に送信します")
			b.logIn()
		})
		b.allJapanese()
		b.wants("- [x] **5. X にログイン**", "投稿先は @\u200bkamo\\_mugs です", "@\u200bkamo.mugs の投稿をミラーリングします",
			"問題がなければ、[新しい変数](", "two @\u200bsomebody", "!To read this in English")
		if log := b.out.String(); !strings.Contains(log, "準備ができました。") {
			t.Errorf("the log says\n%s", log)
		}
		b.nothingLeaks()
	})
}

// TestGuideAsksInJapanese: another account is accepted by the word はい, and what looks like a secret
// is told of.
func TestGuideAsksInJapanese(t *testing.T) {
	bubble(t, "asks", func(t *testing.T) {
		b := ready(t)
		b.speaks("language: ja\n")
		b.workflow(t.Context(), b.logIn)
		b.mirrors()
		b.env["INSTAGRAM_TOKEN"] = b.w.Instagram().AddAccount("17841400000000002", "second.shop")
		b.workflow(t.Context(), func() {
			b.wants("`INSTAGRAM_TOKEN` は @\u200bsecond.shop のトークンです。", "`はい` とコメントしてください")
			b.comment("stranger", "はい")
		}, func() {
			b.wants("@\u200bstranger さんのコメントは使用していません。")
			b.comment("someone", "ghp_abcdefghijklmnopqrstuvwxyz0123456789")
		}, func() {
			synctest.Wait()
			b.wants("シークレットの値と思われるコメントがあったため、削除しました。")
			b.allJapanese()
			time.Sleep(time.Second)
			b.comment("someone", "はい。")
		})
		b.wants("@\u200bsecond.shop の投稿をミラーリングします")
		b.allJapanese()
	})
}

// TestGuideKeepsItsName: a title that a person has chosen stays when the language changes.
func TestGuideKeepsItsName(t *testing.T) {
	bubble(t, "name", func(t *testing.T) {
		b := newBrowserWay(t)
		b.workflow(t.Context())
		b.w.GitHub().Issue(1).Edit(func(i *sim.Issue) { i.Title = "mine" })
		b.speaks("language: ja\n")
		b.secrets()
		b.workflow(t.Context())
		if title := b.w.GitHub().Issues()[0].Title; title != "mine" {
			t.Errorf("the title is %q", title)
		}
		b.wants("まだ X にログインしていません")
	})
}

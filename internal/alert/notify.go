package alert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// notifyTimeout bounds a call to Slack or to the heartbeat: no run waits long for either.
const notifyTimeout = 5 * time.Second

// slackText escapes what Slack's markup would act on.
// Source: https://docs.slack.dev/messaging/formatting-message-text#escaping
var slackText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// notification is what Slack receives.
type notification struct {
	text    string
	link    string // "" for none
	mention bool   // put incidents.slack_mention in front
}

// notify sends a notification to the Slack webhook, if there is one. It is called only when an incident
// opens, changes or closes.
func (r *Run) notify(ctx context.Context, m notification) {
	if r.Slack == "" {
		return
	}
	text := slackText.Replace(r.Secrets.String(m.text))
	if m.link != "" {
		text += " <" + m.link + ">"
	}
	if m.mention && r.Settings.SlackMention != "" {
		text = r.Settings.SlackMention + " " + text
	}
	body, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return // Unreachable: a map of strings always encodes.
	}
	if err := r.call(ctx, http.MethodPost, r.Slack, body); err != nil {
		r.warn(err, "alert.warn.slack")
	}
}

// Beat reads the heartbeat address, so that a dead man's switch outside learns of a completed run.
// No alarm from inside can report that no run was started at all.
func (r *Run) Beat(ctx context.Context) {
	if r.Heartbeat == "" {
		return
	}
	if err := r.call(ctx, http.MethodGet, r.Heartbeat, nil); err != nil {
		r.warn(err, "alert.warn.heartbeat")
	}
}

// call makes one request to an address that is itself a secret, so no error shows the address.
func (r *Run) call(ctx context.Context, method, address string, body []byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), notifyTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return errors.New("its address is not a URL")
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := r.HTTP.Do(req)
	if err != nil {
		if failed := (*url.Error)(nil); errors.As(err, &failed) {
			err = failed.Err // *url.Error prints the address
		}
		return err
	}
	defer resp.Body.Close()
	// The body is read so that the connection can be used again.
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<10))
	if resp.StatusCode >= 300 {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return nil
}

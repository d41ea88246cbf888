package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

// notifyTimeout bounds what is told to others: a run does not wait for Slack.
const notifyTimeout = 5 * time.Second

// slackText escapes what Slack's markup would act on. https://docs.slack.dev/messaging/formatting-message-text#escaping
var slackText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// tellSlack says one sentence, with a link, where SLACK_WEBHOOK_URL leads. It is called when an incident opens,
// changes or closes, and at no other time.
func (j *job) tellSlack(ctx context.Context, mention bool, sentence, link string) {
	if j.slack == "" {
		return
	}
	text := slackText.Replace(j.p.secrets.String(sentence))
	if link != "" {
		text += " <" + link + ">"
	}
	if m := j.config.Incidents.SlackMention; mention && m != "" {
		text = m + " " + text
	}
	body, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return // Unreachable: a map of strings always encodes.
	}
	if err := j.call(ctx, http.MethodPost, j.slack, body); err != nil {
		j.warn("Slack was not told: " + err.Error())
	}
}

// heartbeat tells a dead-man's switch that a run has completed: no alarm from inside can see that none happened at all.
func (j *job) heartbeat(ctx context.Context) {
	if j.heartbeatURL == "" {
		return
	}
	if err := j.call(ctx, http.MethodGet, j.heartbeatURL, nil); err != nil {
		j.warn("the heartbeat was not heard: " + err.Error())
	}
}

// call makes one request to an address that is itself a secret: no error shows it.
func (j *job) call(ctx context.Context, method, address string, body []byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), notifyTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("its address is not a URL")
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := j.http.Do(req)
	if err != nil {
		return fmt.Errorf("%s", httpx.TransportMessage(err))
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<10)) // so that the connection can be kept
	if resp.StatusCode >= 300 {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return nil
}

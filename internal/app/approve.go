package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// Asking is what a command asks of a server that runs elsewhere.
type Asking struct {
	URL       string // of the server
	Key       string // of the App
	Action    string
	Arguments string // JSON, or a text
	Reason    string
	UserID    string
}

// approvalAnswer is what is read of the server's answers.
type approvalAnswer struct {
	ID      string `json:"id"`
	State   string `json:"state"`
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason"`
	ItemURL string `json:"item_url"`
	Detail  string `json:"detail"` // of a problem
}

const (
	askTimeout   = 90 * time.Second // of one request; the server answers a wait after a minute at most
	askFor       = "55s"
	askRetry     = 2 * time.Second
	maxAskAnswer = 1 << 20
)

// AskAndWait asks a server whether something may be done and waits until that is settled. asked is told where people
// decide. The error is CodeForbidden when it may not be done.
func AskAndWait(ctx context.Context, a Asking, asked func(itemURL string)) (state string, err error) {
	client := &http.Client{Timeout: askTimeout}
	body, err := json.Marshal(map[string]any{"action": a.Action, "arguments": argumentsOf(a.Arguments), "reason": a.Reason, "user_id": a.UserID})
	if err != nil {
		return "", err
	}
	base := strings.TrimRight(a.URL, "/") + "/api/v1/approvals"
	answer, status, err := a.send(ctx, client, http.MethodPost, base, body)
	if err != nil {
		return "", err
	}
	if status != http.StatusAccepted {
		return "", review.Errorf(review.CodeInvalid, "the server answered %d: %s", status, answer.Detail)
	}
	asked(answer.ItemURL)
	for answer.State == string(review.ApprovalWaiting) {
		next, status, err := a.send(ctx, client, http.MethodGet, base+"/"+answer.ID+"?wait="+askFor, nil)
		switch {
		case ctx.Err() != nil:
			return "", ctx.Err()
		case err != nil || status >= http.StatusInternalServerError: // it may be restarting
			if err := pause(ctx, askRetry); err != nil {
				return "", err
			}
			continue
		case status != http.StatusOK:
			return "", review.Errorf(review.CodeInvalid, "the server answered %d: %s", status, next.Detail)
		}
		answer = next
	}
	if !answer.Allowed {
		return answer.State, review.Errorf(review.CodeForbidden, "%s%s", answer.State, because(answer.Reason))
	}
	return answer.State, nil
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

// argumentsOf keeps JSON as it is and quotes everything else.
func argumentsOf(text string) any {
	if text == "" {
		return nil
	}
	if json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	return text
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a Asking) send(ctx context.Context, client *http.Client, method, url string, body []byte) (answer approvalAnswer, status int, err error) {
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return answer, 0, review.Errorf(review.CodeUnprocessable, "--url is no URL")
	}
	request.Header.Set("Authorization", "Bearer "+a.Key)
	request.Header.Set("Content-Type", "application/json")
	reply, err := client.Do(request)
	if err != nil {
		return answer, 0, fmt.Errorf("ask the server: %w", err)
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(io.LimitReader(reply.Body, maxAskAnswer))
	if err != nil {
		return answer, 0, fmt.Errorf("read the server's answer: %w", err)
	}
	if err := json.Unmarshal(text, &answer); err != nil && reply.StatusCode < http.StatusInternalServerError {
		return answer, 0, review.Errorf(review.CodeInvalid, "what answers at --url is no Guardroom")
	}
	return answer, reply.StatusCode, nil
}

package views

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
	"github.com/guardroom/guardroom/views/ui"
)

// PathHooks is where people manage webhooks.
const PathHooks = "/webhooks" // GET: those of all Apps; below it an App, its webhooks, and their deliveries

// The last steps of the paths below /webhooks/{app}/{id}, with StepTest and StepDeliveries.
const (
	StepTopics     = "topics"     // POST: of what it is told
	StepSecret     = "secret"     // POST: a new one
	StepPause      = "pause"      // POST
	StepResumption = "resumption" // POST
	StepReplay     = "replay"     // POST: of what is dead; below a delivery, of that
)

// The fields of those forms, and what narrows the log.
const (
	FieldURL    = "url"
	FieldTopics = "topics"
	ParamState  = "state"
	ParamTopic  = "topic"
)

// HooksPage is GET /webhooks.
type HooksPage struct {
	Shell
	Lists []review.HookList
}

// HookListPage is GET /webhooks/{app}, and what a refused new webhook answers.
type HookListPage struct {
	Shell
	List    review.HookList
	Form    review.WebhookRequest
	Problem *Problem
}

// HookPage is GET /webhooks/{app}/{id}, and what follows an act on it.
type HookPage struct {
	Shell
	Log     review.HookLog
	Secret  string // shown once
	Added   bool   // the secret is the first one
	Problem *Problem
}

// DeliveryPage is GET /webhooks/{app}/{id}/deliveries/{number}.
type DeliveryPage struct {
	Shell
	View    review.DeliveryView
	Problem *Problem
}

// HooksPath is where the webhooks of an App are managed.
func HooksPath(app string) string { return PathHooks + "/" + url.PathEscape(app) }

// HookPath is where one is managed; step is what is done, "" to look.
func HookPath(app, id, step string) string { return join(HooksPath(app), id, step) }

// DeliveryPath is where one delivery is looked at; step is what is done.
func DeliveryPath(app, id string, number int64, step string) string {
	return join(HookPath(app, id, StepDeliveries), strconv.FormatInt(number, 10), step)
}

// ParseHook reads the form of a new webhook.
func ParseHook(form url.Values) (review.WebhookRequest, error) {
	r := review.WebhookRequest{URL: form.Get(FieldURL), Topics: form[FieldTopics]}
	if len(r.Topics) == 0 {
		return r, review.Unprocessable([]review.FieldError{{Field: FieldTopics, Message: text.Say("choose at least one")}})
	}
	return r, nil
}

// ParseHookLog reads which deliveries are to be listed.
func ParseHookLog(id string, q url.Values) (review.DeliveryQuery, error) {
	out := review.DeliveryQuery{WebhookID: id, State: review.DeliveryState(q.Get(ParamState)), Topic: q.Get(ParamTopic)}
	if out.State != "" && !slices.Contains(review.DeliveryStates(), out.State) {
		return out, review.Errorf(review.CodeInvalid, "there is no such state of a delivery")
	}
	if out.Topic != "" && !slices.Contains(loggedTopics(), out.Topic) {
		return out, review.Errorf(review.CodeInvalid, "there is no such topic")
	}
	if before := q.Get(ParamBefore); before != "" {
		n, err := strconv.ParseInt(before, 10, 64)
		if err != nil || n < 1 {
			return out, review.Errorf(review.CodeInvalid, "the page of the log cannot be read")
		}
		out.Before = n
	}
	return out, nil
}

// logPath is the log as the query narrows it.
func logPath(app string, q review.DeliveryQuery) string {
	values := url.Values{}
	for name, value := range map[string]string{ParamState: string(q.State), ParamTopic: q.Topic} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if q.Before > 0 {
		values.Set(ParamBefore, strconv.FormatInt(q.Before, 10))
	}
	return withQuery(HookPath(app, q.WebhookID, ""), values)
}

// older is the page of the log after this one.
func (p HookPage) older() string {
	q := p.Log.Query
	q.Before = p.Log.Next
	return logPath(p.Log.Hook.App.Name, q)
}

// newest is the first page of the log.
func (p HookPage) newest() string {
	q := p.Log.Query
	q.Before = 0
	return logPath(p.Log.Hook.App.Name, q)
}

func (p HookPage) step(step string) string { return HookPath(p.Log.Hook.App.Name, p.Log.Hook.ID, step) }

func loggedTopics() []string { return append(review.WebhookTopics(), review.TopicTest) }

// hookAddress is a URL without its query: that may hold a key, and pages are looked at over shoulders.
func hookAddress(h review.Webhook) string {
	u, err := url.Parse(h.URL)
	if err != nil {
		return ""
	}
	out := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	if u.RawQuery != "" {
		return out.String() + "?…"
	}
	return out.String()
}

// hookState is a word for how a webhook stands.
func hookState(h review.Webhook) string {
	switch {
	case h.EndedAt != nil:
		return text.Say("ended")
	case h.PausedAt != nil:
		return text.Say("paused")
	}
	return text.Say("in force")
}

func topicMeans(topic string) string {
	switch topic {
	case review.TopicDecided:
		return text.Say("a person decided about an item")
	case review.TopicReopened:
		return text.Say("a decision was reversed")
	case review.TopicInterventionApproved:
		return text.Say("an intervention may be delivered")
	case review.TopicApprovalDecided:
		return text.Say("a person decided about what something waits for")
	case review.TopicAlertRaised:
		return text.Say("an alert was raised")
	case review.TopicAlertResolved:
		return text.Say("an alert is over")
	}
	return text.Say("a test")
}

func deliveryWord(s review.DeliveryState) string {
	switch s {
	case review.DeliveryWaiting:
		return text.Say("waiting")
	case review.DeliveryDone:
		return text.Say("delivered")
	}
	return text.Say("dead")
}

func deliveryStateOptions(ctx context.Context) []ui.Option {
	var all []ui.Option
	for _, s := range review.DeliveryStates() {
		all = append(all, ui.Option{Value: string(s), Text: text.T(ctx, deliveryWord(s))})
	}
	return all
}

func topicOptions() []ui.Option {
	var all []ui.Option
	for _, t := range loggedTopics() {
		all = append(all, ui.Option{Value: t, Text: t})
	}
	return all
}

// answered says what came back of an attempt.
func answered(ctx context.Context, status int, problem string) string {
	switch {
	case status == 0 && problem == "":
		return "–"
	case status == 0:
		return text.T(ctx, "no answer")
	}
	return strconv.Itoa(status) + " " + http.StatusText(status)
}

// beyondStatus is what a problem says that the status does not.
func beyondStatus(status int, problem string) string {
	return strings.TrimPrefix(strings.TrimPrefix(problem, "status "+strconv.Itoa(status)), ": ")
}

// about is the item that a delivery is about; "" when it is about none.
func about(d review.WebhookDelivery) string {
	if d.Topic == review.TopicTest {
		return ""
	}
	var told struct {
		ItemID string `json:"item_id"`
	}
	if json.Unmarshal(d.Payload, &told) != nil {
		return ""
	}
	return told.ItemID
}

// replayable tells whether a person can have it tried again.
func replayable(h review.Webhook, d review.WebhookDelivery) bool {
	return h.EndedAt == nil && d.State != review.DeliveryWaiting
}

// What the use cases of webhooks say on these pages.
var _ = [...]string{
	text.Say("must begin with http:// or https:// and a host, and have at most 2048 bytes"),
	text.Say("must have no user name, password or fragment"),
	text.Say("is not a URL"),
	text.Say("is not a public address, and the operator does not mean it"),
	text.Say("is this machine, and the operator does not mean it"),
	text.Say("an App has at most 20 webhooks"),
	text.Say("this webhook has ended"),
	text.Say("this webhook is paused already"),
	text.Say("this webhook is not paused"),
	text.Say("this webhook is paused: a test would only wait, too"),
	text.Say("a test waits already: see in the log what became of it"),
	text.Say("nothing is dead here"),
	text.Say("this delivery is under way"),
}

// undelivered is what all webhooks of an App together have not been told.
func undelivered(list review.HookList) (out review.Undelivered) {
	for _, h := range list.Hooks {
		out.Waiting += h.Undelivered.Waiting
		out.Dead += h.Undelivered.Dead
		if at := h.Undelivered.Oldest; !at.IsZero() && (out.Oldest.IsZero() || at.Before(out.Oldest)) {
			out.Oldest = at
		}
	}
	return out
}

package review

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"time"
)

// The topics that an App can be told of.
const (
	TopicReopened             = "item.reopened"         // a decision was reversed: another one stands in its place
	TopicInterventionApproved = "intervention.approved" // an intervention may be delivered
	TopicApprovalDecided      = "approval.decided"      // a person decided about what something waits for
)

// TopicTest is of a message that somebody sends to see whether it comes: it is tried once. No decision is told under it, and nobody asks for it.
const TopicTest = "webhook.test"

// WebhookTopics lists every topic that can be asked for.
func WebhookTopics() []string {
	return append([]string{TopicDecided, TopicReopened, TopicInterventionApproved, TopicApprovalDecided}, AlertTopics()...)
}

// The bounds of webhooks.
const (
	maxWebhooks     = 20 // of one App
	maxWebhookURL   = 2 << 10
	SecretOverlap   = 24 * time.Hour // how long the secret before signs, too
	DeliveryWindow  = 24 * time.Hour // how long a delivery is tried
	MaxDeliveryPage = 200
	MaxReplay       = 5000 // dead deliveries that are tried again at once
	maxEnded        = 10   // webhooks that have ended and are still shown
	keptTests       = 20   // tests of a webhook that are kept
	deliveryPage    = 50   // deliveries that a page lists
	maxAttempts     = 200  // of a delivery that its page lists
)

// Webhook is where an App wants to be told of something. Secrets are sealed: only who delivers opens them.
type Webhook struct {
	ID            string
	AppID         string
	URL           string
	Topics        []string
	Secret        []byte
	Previous      []byte // signs too until PreviousUntil; empty when there is none
	PreviousUntil time.Time
	CreatedAt     time.Time
	PausedAt      *time.Time // nothing is delivered; what is told meanwhile waits
	EndedAt       *time.Time

	// Of what tells Alerts.
	Kind  ChannelKind // ChannelWebhook for those that Apps make; the target of others is in Secret
	Name  string
	Least Severity // Alerts below it are not told; "" for all
}

// TellsAlerts tells whether Alerts go there.
func (h Webhook) TellsAlerts() bool {
	return slices.ContainsFunc(AlertTopics(), func(topic string) bool { return slices.Contains(h.Topics, topic) })
}

// DeliveryState is how a delivery stands.
type DeliveryState string

// The states.
const (
	DeliveryWaiting DeliveryState = "waiting"
	DeliveryDone    DeliveryState = "delivered"
	DeliveryDead    DeliveryState = "dead" // tried for DeliveryWindow; a person can have it tried again
)

// DeliveryStates lists every state.
func DeliveryStates() []DeliveryState {
	return []DeliveryState{DeliveryWaiting, DeliveryDone, DeliveryDead}
}

// WebhookDelivery is one message to one webhook.
type WebhookDelivery struct {
	ID        int64
	WebhookID string
	Message   string // the id by which the receiver tells repetitions
	Topic     string
	Subject   string // the item
	Payload   []byte
	State     DeliveryState
	Attempts  int
	NextAt    time.Time
	CreatedAt time.Time
	TriedAt   *time.Time
	Status    int    // of the last answer, 0 when there was none
	Problem   string // of the last attempt
}

// DeliveryAttempt is one try to make a delivery.
type DeliveryAttempt struct {
	At      time.Time
	Took    time.Duration
	Status  int    // of the answer, 0 when there was none
	Problem string // "" when it was delivered
}

// DeliveryQuery says which deliveries of a webhook are meant, the newest first.
type DeliveryQuery struct {
	WebhookID string
	State     DeliveryState // "" is every state
	Topic     string        // "" is every topic
	Before    int64         // only those with a smaller number; 0 is from the newest on
	Limit     int
}

// Undelivered is what a webhook has not been told.
type Undelivered struct {
	Waiting int
	Dead    int       // tests are not counted
	Oldest  time.Time // when the first that waits was made; zero when none does
}

// DueDelivery is a delivery that is to be made now, and where it goes.
type DueDelivery struct {
	WebhookDelivery
	Webhook Webhook
}

// Sealer makes secrets of webhooks and keeps them from who reads the database.
type Sealer interface {
	NewSecret() (shown string, sealed []byte, err error)
	// SealTarget seals where a channel leads, for one that is no signed webhook.
	SealTarget(target string) (sealed []byte, err error)
}

// WebhookRequest is what an App asks for.
type WebhookRequest struct {
	URL    string   `json:"url"`
	Topics []string `json:"topics"` // none means all
}

func (r WebhookRequest) validate() error {
	var bad invalidFields
	u, err := url.Parse(r.URL)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || len(r.URL) > maxWebhookURL:
		bad.addf("url", "must begin with http:// or https:// and a host, and have at most %d bytes", maxWebhookURL)
	case u.User != nil || u.Fragment != "":
		bad.addf("url", "must have no user name, password or fragment")
	}
	bad.addTopics(r.Topics)
	return bad.err()
}

func (bad *invalidFields) addTopics(topics []string) {
	for i, topic := range topics {
		if !slices.Contains(WebhookTopics(), topic) || slices.Contains(topics[:i], topic) {
			bad.addf(fmt.Sprintf("topics[%d]", i), "must be one of %v, each once", WebhookTopics())
		}
	}
}

// TopicsOf tells which topics a decision is told under, from what the outbox holds of it.
func TopicsOf(payload []byte) (topics []string, subject string, err error) {
	var p publishable
	if err := json.Unmarshal(payload, &p); err != nil {
		return nil, "", fmt.Errorf("review: read what was published: %w", err)
	}
	topics = []string{TopicDecided}
	if p.Reverses != "" {
		topics = append(topics, TopicReopened)
	}
	if p.Intervention != nil && p.Intervention.State == InterventionApproved {
		topics = append(topics, TopicInterventionApproved)
	}
	if p.Held {
		topics = append(topics, TopicApprovalDecided)
	}
	return topics, p.ItemID, nil
}

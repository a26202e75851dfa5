package web_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// receiver is an endpoint of an App.
type receiver struct {
	url    string
	mu     sync.Mutex
	status int
	got    []received
}

type received struct {
	header http.Header
	body   []byte
}

func newReceiver(t testing.TB) *receiver {
	t.Helper()
	r := &receiver{status: http.StatusOK}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got = append(r.got, received{q.Header.Clone(), body})
		if r.status == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(r.status)
	}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func (r *receiver) answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

func (r *receiver) messages() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]received{}, r.got...)
}

// verify checks a signature as a receiver does.
func verify(secret string, m received) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(m.header.Get("Webhook-Id") + "." + m.header.Get("Webhook-Timestamp") + "."))
	mac.Write(m.body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, s := range strings.Fields(m.header.Get("Webhook-Signature")) {
		if hmac.Equal([]byte(s), []byte(want)) {
			return true
		}
	}
	return false
}

type hook struct {
	ID, Secret string
}

func (g *guardedSite) hook(t testing.TB, r *receiver, topics string) (h hook) {
	t.Helper()
	a := g.post(t, "/api/v1/webhooks", `{"url":"`+r.url+`/hook?key=hidden","topics":[`+topics+`]}`)
	require.Equal(t, http.StatusCreated, a.status, a.body)
	a.into(t, &h)
	require.True(t, strings.HasPrefix(h.Secret, "whsec_"))
	return h
}

type logged struct {
	ID               int64
	State, Problem   string
	Topic, Message   string
	ItemID           string `json:"item_id"`
	Attempts, Status int
}

func (g *guardedSite) deliveries(t testing.TB, h hook) []logged {
	t.Helper()
	var out struct{ Deliveries []logged }
	a := g.get(t, "/api/v1/webhooks/"+h.ID+"/deliveries")
	require.Equal(t, http.StatusOK, a.status, a.body)
	a.into(t, &out)
	return out.Deliveries
}

const patience = 10 * time.Second

func TestWebhooks(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil, "--webhook-private-hosts", "127.0.0.1")
	admin := g.admin(t)
	r := newReceiver(t)
	all, decisions := g.hook(t, r, ""), g.hook(t, newReceiver(t), `"item.decided"`)
	var asked approval
	g.post(t, "/api/v1/approvals", `{"action":"deploy"}`).into(t, &asked)
	g.decide(t, admin, asked.ID, "approve")
	require.Empty(t, g.deliveries(t, all), "nothing leaves while it can be undone")
	g.Clock.Advance(review.UndoWindow)
	require.Eventually(t, func() bool { return len(r.messages()) == 2 }, patience, 10*time.Millisecond)
	require.Eventually(t, func() bool { return len(g.deliveries(t, decisions)) == 1 }, patience, 10*time.Millisecond)
	topics := []string{}
	for _, m := range r.messages() {
		require.True(t, verify(all.Secret, m))
		require.False(t, verify(decisions.Secret, m))
		var said struct {
			Type string
			Data struct {
				ItemID string `json:"item_id"`
			}
		}
		require.NoError(t, json.Unmarshal(m.body, &said))
		require.Equal(t, asked.ID, said.Data.ItemID)
		topics = append(topics, said.Type)
		at, err := strconv.ParseInt(m.header.Get("Webhook-Timestamp"), 10, 64)
		require.NoError(t, err)
		require.WithinDuration(t, g.Clock.Now(), time.Unix(at, 0), time.Minute)
	}
	require.Equal(t, []string{"item.decided", "approval.decided"}, topics, "in order")

	// Both secrets sign for a while.
	var rotated hook
	g.post(t, "/api/v1/webhooks/"+all.ID+"/secret", `{}`).into(t, &rotated)
	g.post(t, "/api/v1/approvals", `{"action":"deploy again"}`).into(t, &asked)
	g.decide(t, admin, asked.ID, "block")
	g.Clock.Advance(review.UndoWindow)
	require.Eventually(t, func() bool { return len(r.messages()) == 4 }, patience, 10*time.Millisecond)
	last := r.messages()[3]
	require.True(t, verify(all.Secret, last) && verify(rotated.Secret, last))
	g.Clock.Advance(review.SecretOverlap)
	replayed := g.deliveries(t, all)[0]
	require.Equal(t, http.StatusAccepted, g.post(t, "/api/v1/webhooks/"+all.ID+"/deliveries/"+strconv.FormatInt(replayed.ID, 10)+"/replay", `{}`).status)
	require.Eventually(t, func() bool { return len(r.messages()) == 5 }, patience, 10*time.Millisecond)
	last = r.messages()[4]
	require.Equal(t, replayed.Message, last.header.Get("Webhook-Id"), "a repetition has the id of the first")
	require.True(t, !verify(all.Secret, last) && verify(rotated.Secret, last))

	files := g.files(t)
	for _, secret := range []string{all.Secret, decisions.Secret, rotated.Secret} {
		require.NotContains(t, files, secret)
		require.NotContains(t, g.Log.String(), secret)
	}
	require.NotContains(t, g.Log.String(), "key=hidden")
}

func TestWebhooksTryAgain(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil, "--webhook-private-hosts", "127.0.0.1")
	admin := g.admin(t)
	r := newReceiver(t)
	r.answer(http.StatusInternalServerError)
	h := g.hook(t, r, "")
	var asked approval
	g.post(t, "/api/v1/approvals", `{"action":"deploy"}`).into(t, &asked)
	g.decide(t, admin, asked.ID, "approve")
	g.Clock.Advance(review.UndoWindow)
	require.Eventually(t, func() bool { l := g.deliveries(t, h); return len(l) == 2 && l[1].Status == 500 }, patience, 10*time.Millisecond)
	require.Equal(t, 0, g.deliveries(t, h)[0].Attempts, "what comes after it waits")
	require.Len(t, r.messages(), 1, "not before its time")

	r.answer(http.StatusFound)
	g.Clock.Advance(10 * time.Second)
	require.Eventually(t, func() bool { return g.deliveries(t, h)[1].Status == 302 }, patience, 10*time.Millisecond)
	require.Contains(t, g.deliveries(t, h)[1].Problem, "redirects")

	g.Clock.Advance(review.DeliveryWindow)
	require.Eventually(t, func() bool { return g.deliveries(t, h)[1].State == "dead" }, patience, 10*time.Millisecond)
	r.answer(http.StatusOK)
	dead := g.deliveries(t, h)[1]
	require.Equal(t, http.StatusAccepted, g.post(t, "/api/v1/webhooks/"+h.ID+"/deliveries/"+strconv.FormatInt(dead.ID, 10)+"/replay", `{}`).status)
	require.Eventually(t, func() bool {
		g.Clock.Advance(time.Second)
		l := g.deliveries(t, h)
		return l[1].State == "delivered" && l[0].State != "waiting"
	}, patience, 50*time.Millisecond)
}

func TestWebhooksEndWhereTheReceiverIsGone(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil, "--webhook-private-hosts", "127.0.0.1")
	r := newReceiver(t)
	r.answer(http.StatusGone)
	h := g.hook(t, r, "")
	var asked approval
	g.post(t, "/api/v1/approvals", `{"action":"deploy"}`).into(t, &asked)
	g.decide(t, g.admin(t), asked.ID, "approve")
	g.Clock.Advance(review.UndoWindow)
	require.Eventually(t, func() bool { return !strings.Contains(g.get(t, "/api/v1/webhooks").body, h.ID) }, patience, 10*time.Millisecond, "who is gone is not told any more")
}

func TestWebhooksGoNowherePrivate(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, nil)
	r := newReceiver(t)
	ran := 0
	for _, url := range []string{
		r.url, "http://localhost/x", "http://LOCALHOST/", "http://localhost./", "http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest/meta-data", "http://[::ffff:127.0.0.1]/",
		"ftp://example.com/", "http://user:pass@example.com/", "nonsense", "",
	} {
		ran++
		a := g.post(t, "/api/v1/webhooks", `{"url":"`+url+`"}`)
		require.Equal(t, http.StatusUnprocessableEntity, a.status, "%s: %s", url, a.body)
	}
	require.Equal(t, 12, ran)
	require.Equal(t, http.StatusUnprocessableEntity, g.post(t, "/api/v1/webhooks", `{"url":"https://example.com","topics":["nonsense"]}`).status)
	require.Equal(t, http.StatusNotFound, g.post(t, "/api/v1/webhooks/nothing/secret", `{}`).status)
}

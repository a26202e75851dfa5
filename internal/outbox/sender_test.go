package outbox

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// TestTheSenderDialsPublicAddressesOnly: a name that leads to a private address is found out when it is dialled, whatever was
// said of it before; and nobody is led elsewhere.
func TestTheSenderDialsPublicAddressesOnly(t *testing.T) {
	var got atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got.Add(1)
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}
	}))
	t.Cleanup(server.Close)
	port := server.URL[strings.LastIndex(server.URL, ":"):]
	send := func(s *sender, url string) (int, error) {
		t.Helper()
		d := review.DueDelivery{}
		d.Webhook.URL, d.Message, d.Topic, d.Payload = url, "msg_1", "item.decided", []byte(`{}`)
		return s.send(t.Context(), d, []string{"whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ="}, time.Unix(1_700_000_000, 0))
	}
	guarded := newSender([]string{"hooks.example.org"})
	t.Cleanup(guarded.close)
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]"} {
		status, err := send(guarded, "http://"+host+port+"/?key=hidden")
		require.ErrorContains(t, err, "not a public address", host)
		require.NotContains(t, err.Error(), "hidden")
		require.Zero(t, status)
	}
	require.Zero(t, got.Load(), "nothing was sent")

	meant := newSender([]string{"127.0.0.1"})
	t.Cleanup(meant.close)
	status, err := send(meant, server.URL)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status)
	status, err = send(meant, server.URL+"/moved")
	require.ErrorContains(t, err, "redirects are not followed")
	require.Equal(t, http.StatusTemporaryRedirect, status)
	require.EqualValues(t, 2, got.Load())
}

package webtest

import (
	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// Hook is a webhook that was added, with a delivery.
type Hook struct {
	ID       string
	Delivery int64
}

// Hook adds a webhook to an App, as somebody who may, and has a test sent there. The address must be one that the Site may
// call.
func (s *Site) Hook(app, url string) Hook {
	s.t.Helper()
	ctx, admin := s.t.Context(), s.Viewer(s.t, review.RoleAdmin)
	owner, err := admin.HookOwner(app)
	require.NoError(s.t, err)
	hook, _, err := s.Web.Webhooks.Add(ctx, owner, review.WebhookRequest{URL: url})
	require.NoError(s.t, err)
	require.NoError(s.t, s.Web.Webhooks.Test(ctx, owner, hook.ID))
	log, err := s.Web.Webhooks.Log(ctx, admin, app, review.DeliveryQuery{WebhookID: hook.ID})
	require.NoError(s.t, err)
	require.Len(s.t, log.Deliveries, 1)
	return Hook{hook.ID, log.Deliveries[0].ID}
}

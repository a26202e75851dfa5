package webtest

import (
	"context"

	"github.com/guardroom/guardroom/internal/app"
)

// ApproveWait asks a server as guardroom approve-wait does. It returns the exit code of the command, too.
func ApproveWait(ctx context.Context, url, key, action string, asked func(itemURL string)) (state string, exit int) {
	state, err := app.AskAndWait(ctx, app.Asking{URL: url, Key: key, Action: action, Arguments: `{"to":"production"}`, Reason: "a fix"}, asked)
	if err != nil {
		return state, app.ExitCode(err)
	}
	return state, 0
}

package web_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/export"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/web/webtest"
)

// decided is a site on which the analyst has blocked one Item.
func decided(t *testing.T, text string) *webtest.Site {
	site := webtest.NewSite(t)
	p := site.PostAttack(webtest.Home, text)
	script := site.Script(review.RoleAnalyst)
	require.Equal(t, http.StatusOK, script.Post("/items/"+p.Item.ID+"/decision", decisionForm(script.Claim(p.Item.ID), "block")).Code)
	return site
}

func says(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		webtest.Says(t, text, part)
	}
}

// ask posts what the page of exports offers.
func ask(t *testing.T, c *webtest.Client, query string) {
	t.Helper()
	answer := c.Post("/exports", url.Values{"from": {query}})
	require.Equal(t, http.StatusSeeOther, answer.Code, answer.Body.String())
	require.Equal(t, "/exports", answer.Header().Get("Location"))
}

func newest(t *testing.T, site *webtest.Site, role review.Role) review.Export {
	t.Helper()
	all, err := site.Service.Exports(t.Context(), site.Viewer(t, role))
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all[0]
}

// TestAnExportInTheBackground is one from the asking to the deleting.
func TestAnExportInTheBackground(t *testing.T) {
	t.Parallel()
	site := decided(t, "My card is 4111 1111 1111 1111")
	site.Exports.RowsAtOnce = 0 // everything is large
	analyst := site.Person(review.RoleAnalyst)
	answer := analyst.Get("/export/decisions.csv?kind=interaction")
	require.Equal(t, http.StatusSeeOther, answer.Code)
	where := answer.Header().Get("Location")
	require.Equal(t, "/exports?export=decisions&format=csv&kind=interaction", where)
	says(t, analyst.Get(where).Body.String(), "This is too much to wait for", "kind = interaction")
	ask(t, analyst, strings.TrimPrefix(where, "/exports?"))
	require.NoError(t, site.Exports.Work(t.Context()))

	done := newest(t, site, review.RoleAnalyst)
	require.Equal(t, review.ExportDone, done.State, done.Reason)
	require.Equal(t, 1, done.Rows)
	page := analyst.Get("/exports").Body.String()
	says(t, page, "ready", "/exports/"+done.ID+"/file", "/exports/"+done.ID+"/manifest")
	says(t, analyst.Get("/inbox").Body.String(), "An export that you asked for is ready", done.File)

	file := analyst.Get("/exports/" + done.ID + "/file")
	require.Equal(t, http.StatusOK, file.Code)
	require.Equal(t, `attachment; filename="`+done.File+`"`, file.Header().Get("Content-Disposition"))
	require.Contains(t, file.Header().Get("Link"), "/manifest")
	says(t, file.Body.String(), "4111 1111 1111 1111")
	manifest := analyst.Get("/exports/" + done.ID + "/manifest")
	require.Equal(t, http.StatusOK, manifest.Code)
	m, err := export.ParseManifest(bytes.NewReader(manifest.Body.Bytes()))
	require.NoError(t, err)
	key, err := site.ExportKey()
	require.NoError(t, err)
	wrong, err := export.Check(strings.NewReader(file.Body.String()), m, key)
	require.NoError(t, err)
	require.Empty(t, wrong)
	require.Equal(t, map[string]string{"kind": "interaction"}, m.Filter)
	require.Equal(t, "analyst@example.org", m.Name)
	require.Equal(t, map[string][]int{webtest.Home: {1}}, m.PolicyVersions)
	require.Equal(t, export.PersonalAsSubmitted, m.PersonalData)
	found, _, err := site.Exports.Whose(t.Context(), strings.NewReader(file.Body.String()))
	require.NoError(t, err)
	require.Equal(t, done.ID, found[0].ID)

	require.Equal(t, http.StatusNotFound, site.Person(review.RoleLead).Get("/exports/"+done.ID+"/file").Code, "a link alone opens nothing")
	require.Equal(t, http.StatusSeeOther, site.Nobody().Get("/exports/"+done.ID+"/file").Code)
	require.Equal(t, http.StatusOK, site.Person(review.RoleAdmin).Get("/exports/"+done.ID+"/file").Code)

	path := filepath.Join(site.Exports.Folder, done.ID)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.Equal(t, http.StatusSeeOther, analyst.Post("/exports/"+done.ID+"/deletion", nil).Code)
	require.NoFileExists(t, path)
	require.Equal(t, http.StatusConflict, analyst.Get("/exports/"+done.ID+"/file").Code)
	require.Equal(t, http.StatusConflict, analyst.Post("/exports/"+done.ID+"/deletion", nil).Code)
	require.Equal(t, http.StatusOK, analyst.Get("/exports/"+done.ID+"/manifest").Code, "what was in it stays known")
	for action, n := range map[string]int{"export.asked": 1, "export.done": 1, "export.downloaded": 2, "export.deleted": 1} {
		require.Equal(t, n, events(t, site, action), action)
	}
}

func TestAnExportThatLeavesAtOnceHasAManifest(t *testing.T) {
	t.Parallel()
	site := decided(t, "x")
	auditor := site.Person(review.RoleAuditor)
	key, err := site.ExportKey()
	require.NoError(t, err)
	for _, from := range []string{"/export/decisions.csv", "/audit/export?format=jsonl", "/audit/export?format=cef&action=item", "/audit/export?format=ocsf"} {
		file := auditor.Get(from)
		require.Equal(t, http.StatusOK, file.Code, from)
		link, _, _ := strings.Cut(strings.TrimPrefix(file.Header().Get("Link"), "<"), ">")
		m, err := export.ParseManifest(auditor.Get(link).Body)
		require.NoError(t, err, from)
		wrong, err := export.Check(strings.NewReader(file.Body.String()), m, key)
		require.NoError(t, err)
		require.Empty(t, wrong, from)
		found, _, err := site.Exports.Whose(t.Context(), strings.NewReader(file.Body.String()))
		require.NoError(t, err, from)
		require.Contains(t, ids(found), m.Export, from)
		require.Equal(t, http.StatusConflict, auditor.Get("/exports/"+m.Export+"/file").Code, "there is no file of it here")
	}
}

func ids(exports []review.Export) (out []string) {
	for _, e := range exports {
		out = append(out, e.ID)
	}
	return out
}

// TestWhatAnExportIsMadeWith: rights are those at the time of the making and of the
// taking, whatever they were when it was asked for.
func TestWhatAnExportIsMadeWith(t *testing.T) {
	t.Parallel()
	site := decided(t, "My card is 4111 1111 1111 1111")
	lead := site.Viewer(t, review.RoleLead)
	person := site.Person(review.RoleLead)
	ask(t, person, "export=decisions&format=csv")
	require.NoError(t, site.Exports.Work(t.Context()))
	done := newest(t, site, review.RoleLead)
	require.True(t, done.Personal)
	require.Equal(t, http.StatusOK, person.Get("/exports/"+done.ID+"/file").Code)

	admin := site.Viewer(t, review.RoleAdmin)
	require.NoError(t, site.Accounts.SetRole(t.Context(), admin, lead.User.ID, review.RoleAuditor))
	require.Equal(t, http.StatusForbidden, person.Get("/exports/"+done.ID+"/file").Code, "texts as submitted are not for auditors")
	ask(t, person, "export=decisions&format=jsonl")
	require.NoError(t, site.Exports.Work(t.Context()))
	masked := newest(t, site, review.RoleLead)
	require.False(t, masked.Personal)
	text := person.Get("/exports/" + masked.ID + "/file").Body.String()
	says(t, text, "[CARD_1]", masked.ID)
	webtest.Conceals(t, text, "4111")

	ask(t, person, "export=audit&format=cef")
	require.NoError(t, site.Accounts.SetRole(t.Context(), admin, lead.User.ID, review.RoleAnalyst))
	require.NoError(t, site.Exports.Work(t.Context()))
	all, err := site.Service.Exports(t.Context(), site.Viewer(t, review.RoleAdmin))
	require.NoError(t, err)
	require.Equal(t, review.ExportFailed, all[0].State, "the right was taken away meanwhile")
}

func TestExportsThatAreRefused(t *testing.T) {
	t.Parallel()
	site := webtest.NewSite(t)
	analyst := site.Person(review.RoleAnalyst)
	post := func(query string) int { return analyst.Post("/exports", url.Values{"from": {query}}).Code }
	require.Equal(t, http.StatusUnprocessableEntity, post(""))
	require.Equal(t, http.StatusUnprocessableEntity, post("%zz"))
	require.Equal(t, http.StatusBadRequest, post("export=everything"))
	require.Equal(t, http.StatusBadRequest, post("export=decisions&format=xml"))
	require.Equal(t, http.StatusBadRequest, post("export=decisions&kind=nope"))
	require.Equal(t, http.StatusForbidden, post("export=audit&format=cef"), "a role that may not audit")
	release, err := site.Exports.Hold(t.Context())
	require.NoError(t, err)
	defer release()
	for range review.MaxOpenExports {
		require.Equal(t, http.StatusSeeOther, post("export=decisions&format=csv"))
	}
	full := analyst.Post("/exports", url.Values{"from": {"export=decisions&format=csv"}})
	require.Equal(t, http.StatusConflict, full.Code)
	says(t, full.Body.String(), "5 of your exports are still being made", "This is too much to wait for")
	require.Equal(t, http.StatusNotFound, analyst.Get("/exports/nope/file").Code)
	require.Equal(t, http.StatusNotFound, analyst.Get("/exports/..%2f..%2fetc/file").Code)
}

// fullDisk is a file on a device without room.
func fullDisk(string) (export.File, error) { return os.OpenFile("/dev/full", os.O_WRONLY, 0) }

func TestAFullDiskIsSaid(t *testing.T) {
	t.Parallel()
	probe, err := fullDisk("")
	require.NoError(t, err)
	_, err = probe.Write([]byte("x"))
	require.True(t, errors.Is(err, syscall.ENOSPC))
	require.NoError(t, probe.Close())
	site := decided(t, "x")
	release, err := site.Exports.Hold(t.Context())
	require.NoError(t, err)
	defer release()
	deps := site.Exports.Deps
	deps.Create, deps.Folder = fullDisk, t.TempDir()
	full, err := export.NewOffice(deps)
	require.NoError(t, err)
	site.AskExport(review.RoleAnalyst)
	require.NoError(t, full.Work(t.Context()))
	failed := newest(t, site, review.RoleAnalyst)
	require.Equal(t, review.ExportFailed, failed.State)
	require.Equal(t, "the disk is full", failed.Reason)
	says(t, site.Person(review.RoleAnalyst).Get("/inbox").Body.String(), "An export that you asked for failed")
	entries, err := os.ReadDir(deps.Folder)
	require.NoError(t, err)
	require.Empty(t, entries, "nothing half made stays")
}

// TestAfterAKill: what a server that was killed left half made is made anew, and never
// offered; what expires is removed.
func TestAfterAKill(t *testing.T) {
	t.Parallel()
	site := decided(t, "x")
	release, err := site.Exports.Hold(t.Context())
	require.NoError(t, err)
	e := site.AskExport(review.RoleAnalyst)
	taken, err := site.Service.NextExport(t.Context())
	require.NoError(t, err)
	require.Equal(t, e.ID, taken.ID)
	require.NoError(t, os.MkdirAll(site.Exports.Folder, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(site.Exports.Folder, e.ID+".part"), []byte("item_id,"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(site.Exports.Folder, "stray"), []byte("x"), 0o600))
	require.Equal(t, http.StatusConflict, site.Person(review.RoleAnalyst).Get("/exports/"+e.ID+"/file").Code)
	release()
	require.NoError(t, site.Exports.Work(t.Context()))
	require.Equal(t, review.ExportRunning, newest(t, site, review.RoleAnalyst).State, "its maker may be alive")
	site.Clock.Advance(review.ExportQuiet + time.Second)
	require.NoError(t, site.Exports.Work(t.Context()))
	done := newest(t, site, review.RoleAnalyst)
	require.Equal(t, review.ExportDone, done.State)
	entries, err := os.ReadDir(site.Exports.Folder)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, e.ID, entries[0].Name())

	site.Clock.Advance(review.ExportLife)
	_, err = site.Service.LookExport(t.Context(), site.Viewer(t, review.RoleAnalyst), e.ID)
	require.Equal(t, review.CodeConflict, review.CodeOf(err), "before anybody has removed the file")
	require.NoError(t, site.Exports.Work(t.Context()))
	require.NoError(t, site.Exports.Work(t.Context()))
	require.NoFileExists(t, filepath.Join(site.Exports.Folder, e.ID))
	require.Equal(t, review.ExportExpired, newest(t, site, review.RoleAnalyst).State)
	require.Equal(t, 1, events(t, site, "export.expired"))
}

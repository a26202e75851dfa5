package views

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func TestDeclaredKeysDoNotCollide(t *testing.T) {
	require.NoError(t, CheckKeys())
}

func TestACollisionInTheDeclaredKeysIsAnError(t *testing.T) {
	queue, item := Key{"one", []string{"a"}, "One", OnQueue}, Key{"two", []string{"b", "a"}, "Two", OnItem}
	require.NoError(t, checkDeclared([]Key{queue, item}), "they never meet on one page")
	item.Where = Everywhere
	require.ErrorContains(t, checkDeclared([]Key{queue, item}), `"a" is both "One" and "Two"`)
	chord := Key{"three", []string{"b x"}, "Three", OnItem}
	require.ErrorContains(t, checkDeclared([]Key{item, chord}), `"Three"`, "b would wait for x")
	require.Error(t, checkDeclared([]Key{{"digit", []string{"7"}, "Digit", OnItem}}), "digits are labels")
	require.Error(t, checkDeclared([]Key{queue, {"one", []string{"z"}, "Other", OnItem}}), "two of one name")
}

func TestEveryKeyIsOnTheSheet(t *testing.T) {
	var listed int
	for _, where := range []Where{OnItem, OnQueue, Everywhere} {
		listed += len(sheetOf(t.Context(), where))
	}
	require.Equal(t, len(sheet), listed)
}

func TestShortcutsAreToldToAssistiveTechnology(t *testing.T) {
	require.Equal(t, "a", keyApprove.attrs(t.Context())["aria-keyshortcuts"])
	require.Equal(t, "j|ArrowRight", keyNextItem.attrs(t.Context())["data-key"])
	require.Equal(t, "", keyGoQueue.attrs(t.Context())["aria-keyshortcuts"], "ARIA has no chords")
	require.Equal(t, []string{"G", "Q"}, chord("g q"))
}

func TestPeoplePressTheirOwnKeys(t *testing.T) {
	ctx := For(t.Context(), review.Preferences{Keys: map[string]string{"approve": "y", "next-item": "w"}}, "")
	require.Equal(t, "y", keyApprove.attrs(ctx)["data-key"])
	require.Equal(t, "Y", keyApprove.cap(ctx))
	require.Equal(t, "w|ArrowRight", keyNextItem.presses(ctx), "arrows stay")
	require.Contains(t, sheetOf(ctx, OnItem), keyApprove.with(map[string]string{"approve": "y"}))

	colliding := For(t.Context(), review.Preferences{Keys: map[string]string{"approve": "b"}}, "")
	require.Equal(t, "a", keyApprove.presses(colliding), "one key never presses two things")
}

func TestOwnKeysAreRefusedWithAReason(t *testing.T) {
	cases := []struct {
		own   map[string]string
		wrong map[string]KeyProblem
	}{
		{map[string]string{"approve": "y", "block": "N"}, map[string]KeyProblem{}},
		{map[string]string{"approve": "b", "block": "a"}, map[string]KeyProblem{}}, // exchanged
		{map[string]string{"approve": "b"}, map[string]KeyProblem{"approve": {Taken: "Block"}}},
		{map[string]string{"approve": "y", "block": "y"}, map[string]KeyProblem{"approve": {Taken: "Block"}, "block": {Taken: "Approve"}}},
		{map[string]string{"approve": "g"}, map[string]KeyProblem{"approve": {Taken: viewKey(0).Does}}},
		{map[string]string{"approve": "5"}, map[string]KeyProblem{"approve": {Taken: labelKey(4).Does}}},
		{map[string]string{"go-queue": "y q"}, map[string]KeyProblem{}},
		{map[string]string{"approve": "ab"}, map[string]KeyProblem{"approve": {}}},
		{map[string]string{"approve": "a b c"}, map[string]KeyProblem{"approve": {}}},
		{map[string]string{"approve": "|"}, map[string]KeyProblem{"approve": {}}},
		{map[string]string{"approve": " "}, map[string]KeyProblem{"approve": {}}},
		{map[string]string{"approve": "\x00"}, map[string]KeyProblem{"approve": {}}},
		{map[string]string{"nothing": "y"}, map[string]KeyProblem{"nothing": {}}},
	}
	for _, c := range cases {
		require.Equal(t, c.wrong, CheckOwnKeys(c.own), "%v", c.own)
	}
}

package views

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Two keys that work on one page and are pressed alike are a mistake, and so is one that is the beginning of another.
func TestKeysDoNotCollide(t *testing.T) {
	all := slices.DeleteFunc(slices.Clone(sheet), func(k Key) bool { return k.Press[0] == "1–9" })
	for i := range maxLabelKeys {
		all = append(all, labelKey(i))
	}
	for _, page := range []Where{OnItem, OnQueue} {
		taken := map[string]string{}
		for _, k := range all {
			if k.Where != page && k.Where != Everywhere {
				continue
			}
			for _, press := range k.Press {
				require.Empty(t, taken[press], "%q: %s and %s", press, taken[press], k.Does)
				taken[press] = k.Does
			}
		}
		for press := range taken {
			if head, _, chord := strings.Cut(press, " "); chord {
				require.Empty(t, taken[head], "%q begins %q", head, press)
			}
		}
	}
}

func TestEveryKeyIsOnTheSheet(t *testing.T) {
	var listed int
	for _, where := range []Where{OnItem, OnQueue, Everywhere} {
		listed += len(sheetOf(where))
	}
	require.Equal(t, len(sheet), listed)
}

func TestShortcutsAreToldToAssistiveTechnology(t *testing.T) {
	require.Equal(t, "a", keyApprove.attrs()["aria-keyshortcuts"])
	require.Equal(t, "j|ArrowRight", keyNextItem.attrs()["data-key"])
	require.Equal(t, "", keyGoQueue.attrs()["aria-keyshortcuts"], "ARIA has no chords")
	require.Equal(t, []string{"G", "Q"}, chord("g q"))
}

package config

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write docs/configuration.md instead of comparing it")

const referenceFile = "../../docs/configuration.md"

func TestTheReferenceIsUpToDate(t *testing.T) {
	want, err := Reference()
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(referenceFile, []byte(want), 0o644))
	}
	got, err := os.ReadFile(referenceFile)
	require.NoError(t, err)
	require.Equal(t, want, string(got), "run `make generate`")
}

func TestTheReferenceTellsEverySetting(t *testing.T) {
	text, err := Reference()
	require.NoError(t, err)
	parser, err := kong.New(&Config{}, append(Environment{LookupEnv: noVariables}.Options(), kong.NoDefaultHelp())...)
	require.NoError(t, err)
	require.Equal(t, len(parser.Model.Flags), strings.Count(text, "\n| `--"))
	for _, setting := range parser.Model.Flags {
		require.NotEmpty(t, setting.Help, setting.Name)
		require.NotEmpty(t, setting.Group, setting.Name)
		require.Contains(t, text, "`GUARDROOM_"+strings.ToUpper(strings.ReplaceAll(setting.Name, "-", "_"))+"`", "a variable is named after its flag")
	}
}

func TestCommandLine(t *testing.T) {
	var line struct {
		Quiet  bool `help:"Say less."`
		Export struct {
			Decisions struct {
				Storage `embed:""`
				App     []string `arg:"" optional:"" help:"Apps | names."`
				Format  string   `enum:"csv,jsonl" required:"" help:"The format."`
			} `cmd:"" help:"Write decisions."`
		} `cmd:"" help:"Exports."`
		Secret struct{} `cmd:"" hidden:"" help:"Not shown."`
	}
	parser, err := kong.New(&line, append(environment("", nil).Options(), kong.Name("guardroom"), kong.Description("One binary."))...)
	require.NoError(t, err)
	text := CommandLine(parser.Model)
	for _, want := range []string{
		"# guardroom: the command line\n", "One binary.\n",
		"| `--quiet` |  |  | Say less. |",
		"\n## guardroom export decisions\n\n    guardroom export decisions [<app> ...] [flags]\n\nWrite decisions.\n",
		"| `[<app> ...]` | Apps \\| names. |",
		"| `--format=csv\\|jsonl (required)` |  |  | The format. |",
		"| `--data=DIR` | `GUARDROOM_DATA` | `data` |",
	} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, text, "Not shown")
	require.NotContains(t, text, "| `--help`")
}

func TestHelpNamesTheVariables(t *testing.T) {
	var out strings.Builder
	parser, err := kong.New(&Config{}, append(environment("", nil).Options(), kong.Writers(&out, &out), kong.Exit(func(int) {}))...)
	require.NoError(t, err)
	_, _ = parser.Parse([]string{"--help"})
	require.Contains(t, strings.Join(strings.Fields(out.String()), " "), "($GUARDROOM_DATABASE_URL, $DATABASE_URL)")
}

package config

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// describeValue adds the variables to the help of a flag, as kong's own formatter would, had they not been taken over.
func describeValue(value *kong.Value) string {
	if value.Flag == nil || len(variableNames(value.Flag)) == 0 {
		return value.Help
	}
	return value.Help + " ($" + strings.Join(variableNames(value.Flag), ", $") + ")"
}

// Reference returns docs/configuration.md: every setting with its flag, variables and default.
func Reference() (string, error) {
	parser, err := kong.New(&Config{}, append(Environment{LookupEnv: noVariables}.Options(), kong.Name("guardroom"), kong.NoDefaultHelp())...)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	out.WriteString(referenceIntroduction)
	group := ""
	for _, flag := range parser.Model.Flags {
		if title := groupTitle(flag); title != group {
			group = title
			fmt.Fprintf(&out, "\n## %s\n\n%s", group, flagTableHead)
		}
		out.WriteString(flagRow(flag))
	}
	return out.String(), nil
}

// CommandLine returns docs/cli.md from the model of the whole command line. Settings that commands share are listed once in
// docs/configuration.md; here a command only names them.
func CommandLine(model *kong.Application) string {
	var out strings.Builder
	fmt.Fprintf(&out, "# %s: the command line\n\n", model.Name)
	out.WriteString("<!-- Generated from the declarations in cmd/guardroom; `make generate` writes it. -->\n\n")
	if model.Help != "" {
		fmt.Fprintf(&out, "%s\n\n", model.Help)
	}
	out.WriteString("`--help` after any command tells the same. What the settings mean is in [configuration.md](configuration.md).\n")
	writeFlags(&out, model.Flags, "Flags of every command:")
	for _, command := range model.Children {
		writeCommand(&out, command)
	}
	return out.String()
}

func writeCommand(out *strings.Builder, command *kong.Node) {
	if command.Hidden {
		return
	}
	if command.Leaf() {
		fmt.Fprintf(out, "\n## %s\n\n    %s\n\n%s\n", command.FullPath(), usage(command), command.Help)
		if command.Detail != "" {
			fmt.Fprintf(out, "\n%s\n", command.Detail)
		}
		writeArguments(out, command.Positional)
		writeFlags(out, command.Flags, "")
	}
	for _, child := range command.Children {
		writeCommand(out, child)
	}
}

func usage(command *kong.Node) string {
	words := []string{command.FullPath()}
	for _, argument := range command.Positional {
		words = append(words, argument.Summary())
	}
	if len(command.Flags) > 0 {
		words = append(words, "[flags]")
	}
	return strings.Join(words, " ")
}

func writeArguments(out *strings.Builder, arguments []*kong.Positional) {
	if len(arguments) == 0 {
		return
	}
	out.WriteString("\n| argument | meaning |\n|---|---|\n")
	for _, argument := range arguments {
		fmt.Fprintf(out, "| `%s` | %s |\n", argument.Summary(), cell(argument.Help))
	}
}

func writeFlags(out *strings.Builder, flags []*kong.Flag, title string) {
	var rows strings.Builder
	for _, flag := range flags {
		if !flag.Hidden && flag.Name != "help" {
			rows.WriteString(flagRow(flag))
		}
	}
	if rows.Len() == 0 {
		return
	}
	if title != "" {
		fmt.Fprintf(out, "\n%s\n", title)
	}
	fmt.Fprintf(out, "\n%s%s", flagTableHead, rows.String())
}

const flagTableHead = "| flag | variables | default | meaning |\n|---|---|---|---|\n"

func flagRow(flag *kong.Flag) string {
	var names []string
	for _, name := range variableNames(flag) {
		names = append(names, "`"+name+"`")
	}
	fallback := ""
	if flag.HasDefault && flag.Default != "" {
		fallback = "`" + flag.Default + "`"
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s |\n", flagUsage(flag), strings.Join(names, ", "), fallback, cell(flag.Help))
}

func flagUsage(flag *kong.Flag) string {
	if flag.IsBool() {
		return "--" + flag.Name
	}
	placeholder := flag.PlaceHolder
	if placeholder == "" {
		placeholder = strings.ToUpper(flag.Name[strings.LastIndexByte(flag.Name, '-')+1:])
	}
	if flag.Enum != "" {
		placeholder = strings.ReplaceAll(flag.Enum, ",", "\\|")
	}
	if flag.Required {
		placeholder += " (required)"
	}
	return "--" + flag.Name + "=" + placeholder
}

func cell(text string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ").Replace(text)
}

func groupTitle(flag *kong.Flag) string {
	if flag.Group == nil {
		return "Other"
	}
	return flag.Group.Title
}

func noVariables(string) (string, bool) { return "", false }

const referenceIntroduction = `# Configuration

<!-- Generated from the declarations in internal/config; ` + "`make generate`" + ` writes it. -->

A setting is taken from the first of these that has it: the flag, the variable of the process, ` + "`.env`" + ` in the working folder,
` + "`.env`" + ` in the data folder, the default. An empty variable counts as not set. Where a setting has two variables, the first
one wins; the second is the name that other programs use too. Keep secrets in variables or a ` + "`.env`" + ` file: other users of
the machine can read the flags of a process.
`

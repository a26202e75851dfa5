package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/joho/godotenv"
)

// maxEnvFile bounds a .env file, in bytes.
const maxEnvFile = 1 << 20

// Environment is where settings come from besides the command line. In order of precedence: a flag, a variable of the
// process, .env in the working folder, .env in the data folder, the default. An empty variable counts as not set.
type Environment struct {
	// LookupEnv returns a variable of the process. Required.
	LookupEnv func(name string) (value string, found bool)
	// WorkDir is the folder whose .env is read; empty for none.
	WorkDir string
}

// ProcessEnvironment is the real one.
func ProcessEnvironment() Environment {
	return Environment{LookupEnv: os.LookupEnv, WorkDir: "."}
}

// Options makes kong read variables from this Environment instead of the process, and name them in the help.
func (e Environment) Options() []kong.Option {
	source := &variables{env: e}
	return []kong.Option{
		kong.PostBuild(takeOverVariables),
		kong.ValueFormatter(describeValue),
		kong.Resolvers(source),
	}
}

// takeOverVariables keeps kong from reading the process's variables itself: it would take an empty one for a value and print
// a secret in its errors.
func takeOverVariables(parser *kong.Kong) error {
	return kong.Visit(parser.Model.Node, func(node kong.Visitable, next kong.Next) error {
		if flag, isFlag := node.(*kong.Flag); isFlag {
			flag.Tag.Envs = nil
		}
		return next(nil)
	})
}

// variableNames returns the variables of a flag, the one that wins first.
func variableNames(flag *kong.Flag) []string {
	if !flag.Tag.Has("env") {
		return nil
	}
	return strings.Split(flag.Tag.Get("env"), ",")
}

// variables answers for one parse; the files are read when the first setting asks.
type variables struct {
	env      Environment
	read     bool
	workFile map[string]string
	dataFile map[string]string
}

var _ kong.Resolver = (*variables)(nil)

// Validate implements kong.Resolver.
func (v *variables) Validate(*kong.Application) error { return nil }

// Resolve implements kong.Resolver: it returns nil when no variable of the flag is set.
func (v *variables) Resolve(parsed *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	names := variableNames(flag)
	if len(names) == 0 {
		return nil, nil
	}
	if err := v.readFiles(parsed); err != nil {
		return nil, err
	}
	return v.first(names), nil
}

func (v *variables) readFiles(parsed *kong.Context) error {
	if v.read {
		return nil
	}
	v.read = true
	var err error
	if v.env.WorkDir != "" {
		if v.workFile, err = readEnvFile(filepath.Join(v.env.WorkDir, ".env")); err != nil {
			return err
		}
	}
	folder := v.dataFolder(parsed)
	if folder == "" || filepath.Clean(folder) == filepath.Clean(v.env.WorkDir) {
		return nil
	}
	v.dataFile, err = readEnvFile(filepath.Join(folder, ".env"))
	return err
}

// dataFolder is resolved before the other settings, because one of the files is in it. A command without --data has none.
func (v *variables) dataFolder(parsed *kong.Context) string {
	for _, path := range parsed.Path {
		for _, flag := range path.Flags {
			if flag.Name != "data" {
				continue
			}
			if given := givenOnCommandLine(parsed, flag); given != "" {
				return given
			}
			if set, isText := v.first(variableNames(flag)).(string); isText {
				return set
			}
			return flag.Default
		}
	}
	return ""
}

func givenOnCommandLine(parsed *kong.Context, flag *kong.Flag) string {
	for _, path := range parsed.Path {
		if path.Flag == flag {
			text, _ := parsed.FlagValue(flag).(string)
			return text
		}
	}
	return ""
}

// first goes by source, then by name: what the process sets wins over every file.
func (v *variables) first(names []string) any {
	sources := []func(string) (string, bool){v.env.LookupEnv, lookupIn(v.workFile), lookupIn(v.dataFile)}
	for _, lookup := range sources {
		for _, name := range names {
			if value, found := lookup(name); found && value != "" {
				return value
			}
		}
	}
	return nil
}

func lookupIn(file map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, found := file[name]
		return value, found
	}
}

// readEnvFile returns nothing for a file that does not exist. Its errors never quote a line, which may hold a secret.
func readEnvFile(name string) (map[string]string, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxEnvFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxEnvFile {
		return nil, fmt.Errorf("%s: larger than 1MiB", name)
	}
	values, err := godotenv.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%s: a line is not NAME=value, with quotes closed", name)
	}
	return values, nil
}

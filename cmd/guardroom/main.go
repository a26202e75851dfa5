// Command guardroom is the one binary: the server, and the tools around it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/guardroom/guardroom/internal/app"
	"github.com/guardroom/guardroom/internal/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, config.ProcessEnvironment())
	stop()
	os.Exit(code)
}

// streams are where a command reads and writes. Results go to Out, so that they can be
// piped; what people should know goes to Err.
type streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// The exit codes.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

// run is main without the process: it parses args, runs the command and returns the
// exit code.
func run(ctx context.Context, args []string, io streams, env config.Environment) int {
	var cli commandLine
	exited := false
	options := append(env.Options(),
		kong.Name("guardroom"),
		kong.Description(description),
		kong.UsageOnError(),
		kong.Writers(io.Out, io.Err),
		kong.Exit(func(int) { exited = true }),
	)
	parser, err := kong.New(&cli, options...)
	if err != nil {
		return fail(io, err)
	}
	parsed, err := parser.Parse(args)
	if exited { // --help has printed what was asked for
		return exitOK
	}
	if err != nil {
		fmt.Fprintf(io.Err, "guardroom: %v\nguardroom --help shows what there is.\n", err)
		return exitUsage
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(io); err != nil {
		return fail(io, err)
	}
	return exitOK
}

func fail(io streams, err error) int {
	if errors.Is(err, context.Canceled) {
		return exitError
	}
	fmt.Fprintln(io.Err, "guardroom: "+app.Explain(err))
	return app.ExitCode(err)
}

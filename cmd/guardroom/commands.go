package main

import (
	"github.com/guardroom/guardroom/internal/config"
)

const description = "Human-in-the-loop review of AI interactions: a guard screens what applications post, people decide what it is not sure of."

// commandLine declares every command once; help and docs/cli.md are made from it.
type commandLine struct {
	Serve      serveCommand      `cmd:"" help:"Run the server: the API, the queue and the metrics."`
	Quickstart quickstartCommand `cmd:"" help:"Set up an empty data folder with an admin, a demo App and sample traffic, then run the server."`
	Migrate    migrateCommand    `cmd:"" help:"Create the database or bring it up to date."`
	App        struct {
		Add     appAddCommand     `cmd:"" help:"Add an App, the unit of access."`
		Origins appOriginsCommand `cmd:"" help:"Change whose pages may call an App's API from a browser (CORS), and print them."`
	} `cmd:"" help:"Apps."`
	Key struct {
		Add    keyAddCommand    `cmd:"" help:"Make an API key for an App and print it; it is shown this once."`
		Revoke keyRevokeCommand `cmd:"" help:"End an API key at once."`
	} `cmd:"" help:"API keys."`
	Keys struct {
		Status keysStatusCommand `cmd:"" help:"Say with which keys texts are sealed, and how far."`
		Add    keysAddCommand    `cmd:"" help:"Add a key that is not used yet, to bring it to every server of a database first."`
		Rotate keysRotateCommand `cmd:"" help:"Seal all texts with a new key while servers go on, and forget the old one when nothing needs it. What was broken off goes on."`
	} `cmd:"" help:"The keys that seal what people wrote."`
	User struct {
		Add          userAddCommand          `cmd:"" help:"Add a person who can sign in."`
		ResetFactors userResetFactorsCommand `cmd:"" help:"Take away the second factor that a person has lost; their sessions end."`
		Passwd       userPasswdCommand       `cmd:"" help:"Give a person a new password; their sessions end."`
	} `cmd:"" help:"People."`
	Export struct {
		Decisions exportDecisionsCommand `cmd:"" help:"Write all Decisions to standard output."`
		Verify    exportVerifyCommand    `cmd:"" help:"Hold an exported file against its signed manifest, and name what does not match; exit code 1 when something does not."`
		Manifest  exportManifestCommand  `cmd:"" help:"Print the signed manifest of an export that was made before."`
		Whose     exportWhoseCommand     `cmd:"" help:"Tell who took an exported file, from the file or from some lines of it."`
	} `cmd:"" help:"Export data."`
	Audit struct {
		Verify      auditVerifyCommand      `cmd:"" help:"Read the whole audit chain and name the first event that is not what was written."`
		Checkpoint  auditCheckpointCommand  `cmd:"" help:"Sign the end of the audit chain and print the checkpoint; with --public-key, print the key that verifies it."`
		Certificate auditCertificateCommand `cmd:"" help:"Check the certificate of an erasure and print what it says."`
		Export      auditExportCommand      `cmd:"" help:"Write the audit chain to standard output."`
	} `cmd:"" help:"The audit chain."`
	ApproveWait approveWaitCommand `cmd:"" help:"Ask a running server whether something may be done, and wait for the person who decides: exit code 0 when it may, 6 when it may not."`

	Health   healthCommand   `cmd:"" help:"Ask the server on this machine whether it is ready; exit code 5 when it is not."`
	Scan     scanCommand     `cmd:"" help:"Screen JSON Lines from standard input with the guard alone, under the default policy."`
	Eval     evalCommand     `cmd:"" help:"Screen labelled JSON Lines like scan does and measure: AUROC, recall at fixed false positive rates, flag rates, confusion."`
	Train    trainCommand    `cmd:"" help:"Train injection.model on development data: the same data and seed give the same bytes."`
	Simulate simulateCommand `cmd:"" help:"Let made-up people and planted faults pass the detectors of conduct, and hold false alarms and detection to their bars; exit code 1 when one is missed."`
	Demo     demoCommand     `cmd:"" help:"Play realistic sample traffic in through the real service."`
	Version  versionCommand  `cmd:"" help:"Print version and commit."`
}

// dataCommand is what every command that uses the data folder has in common.
type dataCommand struct {
	config.Storage `embed:"" group:"Storage"`
	config.Log     `embed:"" group:"Logging"`
}

// Package config declares every setting once, with its flag, environment variables, default and help, and reads it from the
// command line, the environment and .env files.
//
// It opens nothing and knows nothing of what a setting is used for. Help, docs/configuration.md and docs/cli.md are made
// from the same declarations. A setting that is a secret never prints.
package config

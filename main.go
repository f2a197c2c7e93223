// Command engawa is 縁側, a LINE front door for the residents of a municipality.
// What it can do is in deploy/house/commands.go; `go run . --help` lists it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"engawa/deploy/house"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(house.Run(ctx, os.Args[1:]))
}

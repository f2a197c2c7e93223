// Command deb makes the Debian package of engawa from deploy/deb/nfpm.yaml. It is a
// program of its own because it needs only this one of nfpm's many formats.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb"
)

func main() {
	config := flag.String("config", "deploy/deb/nfpm.yaml", "what is in the package")
	to := flag.String("to", "out", "folder for the package")
	at := flag.Int64("time", 0, "unix time of its files: that of the commit")
	flag.Parse()
	if err := run(*config, *to, time.Unix(*at, 0).UTC()); err != nil {
		fmt.Fprintln(os.Stderr, "deb:", err)
		os.Exit(1)
	}
}

func run(config, to string, at time.Time) error {
	all, err := nfpm.ParseFileWithEnvMapping(config, os.Getenv)
	if err != nil {
		return err
	}
	all.MTime = at
	info, err := all.Get("deb")
	if err != nil {
		return err
	}
	info = nfpm.WithDefaults(info)
	info.MTime = at
	deb, err := nfpm.Get("deb")
	if err != nil {
		return err
	}
	info.Target = filepath.Join(to, deb.ConventionalFileName(info))
	f, err := os.Create(info.Target)
	if err != nil {
		return err
	}
	if err := deb.Package(info, f); err != nil {
		_ = f.Close()
		return err
	}
	fmt.Println(info.Target)
	return f.Close()
}

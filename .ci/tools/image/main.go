// Command image makes the container image of engawa without a container engine: one
// static program, the roots that browsers trust, a user who is not root, and nothing
// else. The same program gives the same digest on every machine.
package main

import (
	"archive/tar"
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// user is nobody whom another image or the machine knows.
const user = 65532

func main() {
	program := flag.String("program", "", "the static program")
	to := flag.String("to", "", "folder for the image (OCI layout) and for engawa-image.tar (docker load)")
	arch := flag.String("arch", "amd64", "architecture of the program")
	version := flag.String("version", "dev", "what the labels say")
	at := flag.Int64("time", 0, "unix time of the image: that of the commit")
	flag.Parse()
	if err := run(*program, *to, *arch, *version, time.Unix(*at, 0).UTC()); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func run(program, to, arch, version string, at time.Time) error {
	data, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	img, err := build(data, arch, version, at)
	if err != nil {
		return err
	}
	folder := filepath.Join(to, "image")
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	path, err := layout.Write(folder, empty.Index)
	if err != nil {
		return err
	}
	if err := path.AppendImage(img); err != nil {
		return err
	}
	tag, err := name.NewTag("engawa:" + strings.ReplaceAll(version, "+", "-"))
	if err != nil {
		return err
	}
	if err := tarball.WriteToFile(filepath.Join(to, "engawa-image.tar"), tag, img); err != nil {
		return err
	}
	digest, err := img.Digest()
	if err != nil {
		return err
	}
	size, err := img.Size()
	for _, l := range must(img.Layers()) {
		n, _ := l.Size()
		size += n
	}
	fmt.Printf("%s %d\n", digest, size)
	return err
}

func must[T any](v T, _ error) T { return v }

// build makes the image; it depends on nothing but its arguments.
func build(program []byte, arch, version string, at time.Time) (v1.Image, error) {
	files, err := archive(program)
	if err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files)), nil },
		tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	img := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	img, err = mutate.Append(img, mutate.Addendum{Layer: layer, History: v1.History{Created: v1.Time{Time: at}, CreatedBy: "make packages"}})
	if err != nil {
		return nil, err
	}
	return mutate.ConfigFile(img, configOf(must(img.ConfigFile()), arch, version, at))
}

func configOf(c *v1.ConfigFile, arch, version string, at time.Time) *v1.ConfigFile {
	c = c.DeepCopy()
	c.OS, c.Architecture, c.Created = "linux", arch, v1.Time{Time: at}
	c.Config = v1.Config{
		User:         fmt.Sprintf("%d:%d", user, user),
		Entrypoint:   []string{"/engawa"},
		Cmd:          []string{"serve"},
		WorkingDir:   "/",
		StopSignal:   "SIGTERM",
		ExposedPorts: map[string]struct{}{"8080/tcp": {}, "8081/tcp": {}, "8082/tcp": {}},
		Volumes:      map[string]struct{}{"/shreds": {}},
		Healthcheck: &v1.HealthConfig{
			Test: []string{"CMD", "/engawa", "healthz"}, Interval: 10 * time.Second, Timeout: 4 * time.Second, StartPeriod: 20 * time.Second, Retries: 3,
		},
		Labels: map[string]string{
			"org.opencontainers.image.title":       "engawa",
			"org.opencontainers.image.description": "縁側 — 住民の LINE の入口",
			"org.opencontainers.image.version":     version,
		},
	}
	return c
}

// archive lays out the files: same bytes in, same bytes out.
func archive(program []byte) ([]byte, error) {
	roots := certificates()
	people := "root:x:0:0:root:/:/none\n" + fmt.Sprintf("engawa:x:%d:%d:engawa:/:/none\n", user, user)
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, f := range []struct {
		name  string
		mode  int64
		owner int
		data  []byte
	}{
		{"etc/", 0o755, 0, nil},
		{"etc/passwd", 0o644, 0, []byte(people)},
		{"etc/ssl/", 0o755, 0, nil},
		{"etc/ssl/certs/", 0o755, 0, nil},
		{"etc/ssl/certs/ca-certificates.crt", 0o644, 0, roots},
		{"engawa", 0o755, 0, program},
		{"shreds/", 0o700, user, nil}, // the list of shreds is all that may ever be written
	} {
		h := &tar.Header{Name: f.name, Mode: f.mode, Uid: f.owner, Gid: f.owner, Size: int64(len(f.data)), Typeflag: tar.TypeReg, ModTime: time.Unix(0, 0), Format: tar.FormatPAX}
		if strings.HasSuffix(f.name, "/") {
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// certificates are Mozilla's roots, as a library of fixed version has them: those of
// the machine that builds would make another image on each.
func certificates() []byte {
	var all [][]byte
	for root := range bundle.Roots() {
		if root.Constraint == nil { // trusted without conditions that a file cannot carry
			all = append(all, root.Certificate)
		}
	}
	slices.SortFunc(all, bytes.Compare)
	var out bytes.Buffer
	for _, der := range all {
		if c, err := x509.ParseCertificate(der); err == nil {
			fmt.Fprintf(&out, "# %s\n", c.Subject.CommonName)
		}
		_ = pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: der}) // into memory
	}
	return out.Bytes()
}

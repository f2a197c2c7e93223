package house

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"engawa/bot/preview"
	"engawa/flows"
	"engawa/flows/catalogue"
)

type previewCmd struct {
	contentFlags
	Port int `help:"この番号で開く（0 = あいている番号） / the port; 0 = any free one" default:"8090"`
}

// Run serves the preview of a folder on this machine until Ctrl-C.
func (c previewCmd) Run(ctx context.Context) error {
	if c.Content == "" {
		return errors.New("--content でことばのフォルダを選んでください（例: content new machi のあと --content machi） / choose a folder with --content")
	}
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(c.Port)))
	if err != nil {
		return fmt.Errorf("preview: この番号では開けません。--port 0 なら、あいている番号をさがします / cannot listen: %w", err)
	}
	return previewFolder(ctx, l, c.Content, os.Stdout)
}

// previewFolder follows a folder and shows it until ctx ends.
func previewFolder(ctx context.Context, l net.Listener, folder string, out io.Writer) error {
	dir, err := filepath.Abs(folder)
	if err != nil {
		return fmt.Errorf("preview: %w", err)
	}
	f, err := preview.Follow(dir, asExamples, slog.Default())
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	following := make(chan struct{})
	go func() {
		defer close(following)
		f.Run(ctx)
	}()
	pages := preview.New(f.Book, preview.Options{Folder: filepath.Base(dir), Find: cardsAlone().find})
	server := &http.Server{Handler: loopbackOnly(pages), ReadHeaderTimeout: headTime}
	go func() {
		<-ctx.Done()
		pages.Close()
		_ = server.Close()
	}()
	fmt.Fprintf(out, `ことばの下見です。ファイルを保存すると、すぐここに出ます。だれにも届かず、何も残りません。おわるときは Ctrl-C。
A preview of the words: every save shows at once. Nothing is sent and nothing is kept. Ctrl-C ends it.

  http://%s/

`, l.Addr())
	err = server.Serve(l)
	stop()
	<-following
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("preview: %w", err)
}

// asExamples shows, marked as examples, what nobody has verified: nobody real is met here.
func asExamples(b *flows.Bundle) *flows.Bundle { return catalogue.Examples(b, time.Now()) }

// loopbackOnly refuses other names for this machine: a page elsewhere could point
// its own name here and read along.
func loopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "この機械からだけ開けます / only from this machine", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

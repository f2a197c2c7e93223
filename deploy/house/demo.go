package house

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"

	"engawa/bot/line/emulator"
	"engawa/config"
	"engawa/config/privacy"
	"engawa/flows"
	"engawa/flows/catalogue"
	"engawa/handoff/ready"
	"engawa/handoff/staff"
)

type demoCmd struct {
	contentFlags
	Verbose bool `help:"記録も出す / show the log too" short:"v"`
}

// Run stands the whole house on this machine: store, LINE, phone and console.
func (c demoCmd) Run(ctx context.Context) error {
	b, err := c.load()
	if err != nil {
		return err
	}
	d, err := openDemo(b, c.Content, c.Verbose)
	if err != nil {
		return err
	}
	defer d.close()
	return d.run(ctx, os.Stdout)
}

// demo is a house with made-up surroundings. Nothing in it outlives the process.
type demo struct {
	store *miniredis.Miniredis
	line  *emulator.Emulator
	phone net.Listener
	cfg   config.Config
	b     *flows.Bundle
	log   *slog.Logger
}

// Who is on duty in the demo.
const demoName, demoAlias = "suzuran", "すずらん"

// Where the demo answers, as long as nobody else does there.
const (
	demoPublic  = "127.0.0.1:8080"
	demoConsole = "127.0.0.1:8081"
	demoOps     = "127.0.0.1:8082"
	demoPhone   = "127.0.0.1:8083"
)

func openDemo(b *flows.Bundle, folder string, verbose bool) (*demo, error) {
	// A demo is made up from top to bottom and says so: it may show, marked as
	// examples, what nobody has verified. serve never does.
	d := &demo{b: catalogue.Examples(b, time.Now()), log: slog.New(slog.DiscardHandler)}
	if verbose {
		d.log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	var err error
	if d.store, err = miniredis.Run(); err != nil {
		return nil, fmt.Errorf("demo: store: %w", err)
	}
	if d.phone, err = listenNear(demoPhone); err != nil {
		return nil, err
	}
	secret, token := rand.Text(), rand.Text()
	public := addrNear(demoPublic)
	d.line = emulator.New(emulator.Options{
		ChannelSecret: secret, AccessToken: token, WebhookURL: "http://" + public + "/line/webhook", Redelivery: true, Chat: b.House.ReadMark,
	})
	d.cfg, err = config.Load([]string{
		"LINE_CHANNEL_SECRET=" + secret, "LINE_CHANNEL_ACCESS_TOKEN=" + token,
		"LINE_API_ENDPOINT=http://" + d.phone.Addr().String(), "LINE_DATA_ENDPOINT=http://" + d.phone.Addr().String(),
		"ENGAWA_MASTER_KEY=" + privacy.NewMasterKey(), "REDIS_URL=redis://" + d.store.Addr() + "/0",
		"ENGAWA_PUBLIC_ADDR=" + public, "ENGAWA_CONSOLE_ADDR=" + addrNear(demoConsole), "ENGAWA_OPS_ADDR=" + addrNear(demoOps),
		"ENGAWA_ACCEPT_DRAFTS=yes", "ENGAWA_CONTENT=" + folder, "ENGAWA_PUBLIC_URL=http://" + public,
	})
	return d, err
}

func (d *demo) close() {
	d.line.Close()
	_ = d.phone.Close()
	d.store.Close()
}

// run moves everything until ctx ends.
func (d *demo) run(ctx context.Context, out io.Writer) error {
	rdb, err := config.OpenRedis(d.cfg.RedisURL.Reveal())
	if err != nil {
		return err
	}
	defer func() { _ = rdb.Close() }()
	h, err := newHouse(ctx, d.cfg, alone(rdb), d.b, d.log)
	if err != nil {
		return err
	}
	h.dress = func(b *flows.Bundle) *flows.Bundle {
		return catalogue.Examples(h.withPages(b), time.Now())
	}
	h.guest = guest{code: rand.Text(), name: demoName}
	who := staff.Account{Name: demoName, Alias: demoAlias, Roles: []staff.Role{staff.Coordinator, staff.Supervisor, staff.Facilitator, staff.Administrator}}
	if _, err := h.staff.Add(ctx, who, rand.Text()); err != nil {
		return err
	}
	if err := demoReady(ctx, ready.New(rdb, wallClock)); err != nil {
		return err
	}
	group, err := h.demoGroup(ctx)
	if err != nil {
		return err
	}
	phone := &http.Server{Handler: d.line, ReadHeaderTimeout: headTime}
	go func() { _ = phone.Serve(d.phone) }()
	defer func() { _ = phone.Close() }()
	go d.tick(ctx)
	var drawing sync.WaitGroup
	h.opened = func() { // a link that does not open yet is a broken one
		d.welcome(out, h.guest.code, group)
		drawing.Go(func() { // the pictures take a moment
			if err := h.syncMenu(ctx, false, func(string) {}); err != nil && ctx.Err() == nil {
				h.log.Error("メニューの絵を入れられません / the picture menu is missing", "err", err)
			}
		})
	}
	err = h.run(ctx)
	drawing.Wait()
	fmt.Fprintln(out, "\nおわりました。何も残っていません。 / Done. Nothing was kept.")
	return err
}

// tick is the embedded store's clock: without it nothing in it would ever expire.
func (d *demo) tick(ctx context.Context) {
	const step = 200 * time.Millisecond
	t := time.NewTicker(step)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			d.store.FastForward(step)
		}
	}
}

func (d *demo) welcome(out io.Writer, code, group string) {
	console := "http://" + d.cfg.ConsoleAddr
	fmt.Fprintf(out, `縁側の試しです。つくりごとの「%s」で、出てくる窓口や番号は例です。閉じると、何も残りません。
This is a demo of a made-up ward. When it ends, nothing is kept.

  住む人のスマホ   / the resident's phone         http://%s/phone
  相談員の画面     / the console (%s)   %s/enter/%s
  会のスマホ       / a group's phone (once)       %s
  会とお知らせ     / the facilitator              %s/enter/%s?to=/groups
  みんなの予定     / what is on, for everybody    %s/calendar
  台帳             / the ledger                   %s/enter/%s?to=/ledger

スマホで何か書いて、「人と話す」を押してみてください。相談員の画面に届きます。おわるときは Ctrl-C。
Write something on the phone and tap 「人と話す」: it arrives in the console. Ctrl-C ends it.
`, d.b.House.City, d.phone.Addr(), demoAlias, console, code, group, console, code, d.cfg.PublicURL, console, code)
}

// listenNear listens at the address, or at any free port if somebody is there.
func listenNear(addr string) (net.Listener, error) {
	if l, err := net.Listen("tcp", addr); err == nil {
		return l, nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return l, nil
}

// addrNear is such an address, free a moment ago.
func addrNear(addr string) string {
	l, err := listenNear(addr)
	if err != nil {
		return addr
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

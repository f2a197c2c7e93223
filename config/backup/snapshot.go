package backup

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// patience is how long a store may say nothing at all while it gets its snapshot ready.
const patience = time.Minute

// ErrRefused means that the store does not give itself away as a whole, which rented
// ones often do not.
var ErrRefused = errors.New("backup: the store refuses SYNC; take its provider's own snapshots, of the data alone")

// source is one master that is about to tell all it has, as to a replica. It must be
// closed, which is also how the store learns that we do not stay.
type source struct {
	conn     net.Conn
	in       *bufio.Reader
	database int
	stop     func() bool
}

// dial opens a connection of our own: what comes over it is no answer to a command.
func dial(ctx context.Context, c *redis.Client) (*source, error) {
	opt := c.Options()
	conn, err := opt.Dialer(ctx, opt.Network, opt.Addr)
	if err != nil {
		return nil, fmt.Errorf("backup: connect: %w", err)
	}
	s := &source{conn: conn, database: opt.DB}
	s.in = bufio.NewReaderSize(s, 1<<20)
	s.stop = context.AfterFunc(ctx, func() { _ = conn.Close() })
	if opt.Password != "" {
		auth := []string{"AUTH", opt.Password}
		if opt.Username != "" {
			auth = []string{"AUTH", opt.Username, opt.Password}
		}
		if err := s.ask(auth...); err != nil {
			s.close()
			return nil, errors.New("backup: the store does not take the password")
		}
	}
	// Over the wire and not by a file on the store's disk, and only once: no stream of
	// changes afterwards. A store too old for either does without.
	_ = s.ask("REPLCONF", "capa", "eof")
	_ = s.ask("REPLCONF", "rdb-only", "1")
	return s, nil
}

func (s *source) close() {
	s.stop()
	_ = s.conn.Close()
}

// Read waits only so long for each piece.
func (s *source) Read(p []byte) (int, error) {
	if err := s.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return 0, err
	}
	return s.conn.Read(p)
}

func (s *source) send(words ...string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(words))
	for _, w := range words {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(w), w)
	}
	_, err := io.WriteString(s.conn, b.String())
	return err
}

// ask sends a command whose answer is a line.
func (s *source) ask(words ...string) error {
	if err := s.send(words...); err != nil {
		return err
	}
	line, err := s.in.ReadString('\n')
	if err == nil && strings.HasPrefix(line, "-") {
		err = errors.New("refused") // not its own words: they may repeat ours
	}
	return err
}

// begin asks for the snapshot and comes back when its moment is fixed.
func (s *source) begin() (body io.Reader, err error) {
	if err := s.send("SYNC"); err != nil {
		return nil, fmt.Errorf("backup: ask for the snapshot: %w", err)
	}
	for {
		line, err := s.in.ReadString('\n')
		if err != nil {
			return nil, cut(err)
		}
		line = strings.TrimRight(line, "\r\n")
		mark, streamed := strings.CutPrefix(line, "$EOF:")
		size, sized := strings.CutPrefix(line, "$")
		switch {
		case line == "": // it is still at it
		case streamed:
			return &marked{s.in, []byte(mark)}, nil
		case sized:
			n, err := strconv.ParseInt(size, 10, 64)
			if err != nil {
				return nil, errShape
			}
			return io.LimitReader(s.in, n), nil
		default:
			return nil, ErrRefused
		}
	}
}

// marked is a snapshot whose end is a mark that was told before. Snapshots know
// their own end too; the mark behind it shows that nothing was lost on the way.
type marked struct {
	*bufio.Reader
	mark []byte
}

func (m *marked) ended() error {
	got := make([]byte, len(m.mark))
	if _, err := io.ReadFull(m.Reader, got); err != nil {
		return cut(err)
	}
	if !bytes.Equal(got, m.mark) {
		return errShape
	}
	return nil
}

// read visits all keys of the snapshot.
func (s *source) read(body io.Reader, visit func(record) error) error {
	m, streamed := body.(*marked)
	if !streamed {
		return walk(bufio.NewReader(body), s.database, visit)
	}
	if err := walk(m.Reader, s.database, visit); err != nil {
		return err
	}
	return m.ended()
}

package wake

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail"
)

// Mail calls by e-mail: at each step those of the step and all before it.
type Mail struct {
	Server func() string // smtp://user:password@host:587 (STARTTLS) or smtps://…:465
	From   string
	To     map[For][]string
	Quiet  func(context.Context) func(address string) bool // whose own hours are quiet now; nil = nobody's
	Must   func() bool                                     // a cry for help must reach somebody now, quiet or not
}

// Name is how this way is called in the notes of an alarm.
func (Mail) Name() string { return "mail" }

// receivers are those of the step, and of the steps before it; who says which these
// are. Where quiet hours leave nobody of a step, the next one is called at once; where
// they leave nobody at all and somebody must hear, they do not hold.
func (m Mail) receivers(ctx context.Context, r Ring) (all, who []string) {
	quiet := func(string) bool { return false }
	if m.Quiet != nil && !r.Test {
		quiet = m.Quiet(ctx)
	}
	var hushed, theirs []string
	past := false
	for _, f := range []For{First, Second, Duty} {
		if past && (len(all) > 0 || len(hushed) == 0) {
			break
		}
		awake := slices.DeleteFunc(slices.Clone(m.To[f]), quiet)
		if all = append(all, awake...); len(awake) > 0 {
			who = append(who, string(f))
		}
		if len(awake) < len(m.To[f]) {
			hushed, theirs = append(hushed, m.To[f]...), append(theirs, string(f))
		}
		past = past || f == r.For()
	}
	if len(all) == 0 && r.For() == Duty && m.Must != nil && m.Must() {
		return hushed, theirs
	}
	return all, who
}

// Call sends one mail. Nobody to send to at this step is no failure.
func (m Mail) Call(ctx context.Context, r Ring) (reached []string, err error) {
	to, reached := m.receivers(ctx, r)
	if len(to) == 0 {
		return nil, nil
	}
	subject, body := letter(r)
	if err := m.send(ctx, subject, body, func(msg *mail.Msg) error { msg.SetImportance(mail.ImportanceUrgent); return msg.Bcc(to...) }); err != nil {
		return nil, err
	}
	return reached, nil
}

// Send sends a mail that is no call. It is always the same mail for the same id, so
// that a server or a mailbox that gets it twice may know it again.
func (m Mail) Send(ctx context.Context, id, to, subject, body string) error {
	return m.send(ctx, subject, body, func(msg *mail.Msg) error {
		_, host, _ := strings.Cut(m.From, "@")
		msg.SetMessageIDWithValue(id + "@" + strings.Trim(host, "> "))
		return msg.To(to)
	})
}

// send sends one mail; its errors name no receiver.
func (m Mail) send(ctx context.Context, subject, body string, address func(*mail.Msg) error) error {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := msg.From(m.From); err != nil {
		return errors.New("wake: the sender's address is none")
	}
	if err := address(msg); err != nil {
		return errors.New("wake: a receiver's address is none")
	}
	msg.Subject(subject)
	msg.SetBodyString(mail.TypeTextPlain, body)
	client, err := m.client()
	if err != nil {
		return err
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return errors.New("wake: the mail server did not take it") // the error may name receivers
	}
	return nil
}

// letter says that there is an alarm and where to look, and nothing else.
func letter(r Ring) (subject, body string) {
	if r.Test {
		return "縁側: 試しの知らせです", "呼び出しの試しです。何も起きていません。このまま閉じて大丈夫です。\n\nThis is a trial of the alarm. Nothing has happened.\n"
	}
	if r.About == Silence {
		return silenceLetter(r)
	}
	since := "いま届きました。"
	if m := int(r.Waiting.Minutes()); m > 0 {
		since = strconv.Itoa(m) + "分たちましたが、まだだれも見ていません。"
	}
	return "縁側: 急ぎの知らせ", "急ぎの知らせがあります。" + since +
		"\n相談員の画面を開いて、「受け取りました」を押してください。押すと、この知らせは止まります。\n\n" + r.Link +
		"\n\nAn urgent alarm is waiting. Open the console and acknowledge it; these mails then stop.\n"
}

// client reads the address anew for each call: secrets may be rotated.
func (m Mail) client() (*mail.Client, error) {
	u, err := url.Parse(m.Server())
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("wake: the mail server's address cannot be read")
	}
	opt := []mail.Option{mail.WithTimeout(patience)}
	switch u.Scheme {
	case "smtps":
		opt = append(opt, mail.WithSSLPort(false))
	case "smtp+insecure": // a relay inside; config lets it through on this machine only
		opt = append(opt, mail.WithTLSPolicy(mail.NoTLS))
	default:
		opt = append(opt, mail.WithTLSPortPolicy(mail.TLSMandatory))
	}
	if p, err := strconv.Atoi(u.Port()); err == nil {
		opt = append(opt, mail.WithPort(p))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		opt = append(opt, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(u.User.Username()), mail.WithPassword(password))
	}
	c, err := mail.NewClient(u.Hostname(), opt...)
	if err != nil {
		return nil, fmt.Errorf("wake: mail: %w", errors.New("the settings do not fit together"))
	}
	return c, nil
}

package config

import (
	"crypto/tls"
	"strings"
)

// together checks what settings say only in company.
func (l *loader) together() {
	l.needs()
	l.console()
	l.stores()
	if l.config.AcceptDrafts.Any() {
		l.warn("ENGAWA_ACCEPT_DRAFTS", "まだ人が確かめていない文面を使います。約束7は弱くなります",
			"unconfirmed sentences are served; promise 7 is weaker")
	}
	if a := l.config.Assist; a.URL != "" && a.Model == "" && !l.failed["ENGAWA_ASSIST_MODEL"] {
		l.fault("ENGAWA_ASSIST_MODEL", "ENGAWA_ASSIST_URL があるときは、モデルの名前も入れてください", "name the model for ENGAWA_ASSIST_URL")
	}
	l.alarm()
	l.push()
	if addr := l.config.OpsAddr; addr != "" && !loopback(addr) {
		l.warn("ENGAWA_OPS_ADDR", "見守り用の入口がこの機械の外に開いています。外の網から届かないようにしてください",
			"the monitoring listener is open beyond this machine; keep it inside")
	}
}

// alarm refuses settings that look as if somebody would be called and nobody would be.
func (l *loader) alarm() {
	a := l.config.Alarm
	receivers := len(a.MailFirst) + len(a.MailSecond) + len(a.MailDuty)
	switch {
	case l.failed["ENGAWA_ALARM_MAIL_SERVER"] || l.failed["ENGAWA_ALARM_MAIL_FROM"]:
	case a.MailServer.Set() && (a.MailFrom == "" || receivers == 0), !a.MailServer.Set() && receivers > 0:
		l.fault("ENGAWA_ALARM_MAIL_SERVER", "メールで呼ぶには、ENGAWA_ALARM_MAIL_SERVER、ENGAWA_ALARM_MAIL_FROM と、知らせる人（FIRST、SECOND、DUTY のどれか）がそろっている必要があります",
			"to call by mail set ENGAWA_ALARM_MAIL_SERVER, ENGAWA_ALARM_MAIL_FROM and at least one of FIRST, SECOND, DUTY")
	}
	if a.Hook != "" && !a.HookSecret.Set() && !l.failed["ENGAWA_ALARM_HOOK_SECRET"] {
		l.fault("ENGAWA_ALARM_HOOK_SECRET", "ENGAWA_ALARM_HOOK には合言葉も入れてください。ないと、だれでも偽の知らせを送れます",
			"set a secret for ENGAWA_ALARM_HOOK: without it anybody could ring")
	}
}

// needs names what has no default and must be there.
func (l *loader) needs() {
	c := l.config
	if !c.Master.Set() && !l.failed["ENGAWA_MASTER_KEY"] {
		l.fault("ENGAWA_MASTER_KEY", "親鍵がありません。`engawa keygen` で作り、なくさない場所に写しを置いてから、ここか ENGAWA_MASTER_KEY_FILE に入れてください",
			"no master key; make one with `engawa keygen`, keep a copy in a safe place, and set it here or in ENGAWA_MASTER_KEY_FILE")
	}
	if len(c.ChannelSecrets) == 0 && !l.failed["LINE_CHANNEL_SECRET"] || l.onlyOldSecret() {
		l.fault("LINE_CHANNEL_SECRET", "チャネルシークレットがありません。LINE Developers の「チャネル基本設定」から写してください。空のままでは、だれでも LINE のふりができます",
			"no channel secret; copy it from Basic settings in LINE Developers: without it anybody could pose as LINE")
	}
	if !c.AccessToken.Set() && c.ChannelID == "" && !l.failed["LINE_CHANNEL_ACCESS_TOKEN"] && !l.failed["LINE_CHANNEL_ID"] {
		l.fault("LINE_CHANNEL_ACCESS_TOKEN", "返事を送るためのトークンがありません。LINE_CHANNEL_ACCESS_TOKEN か LINE_CHANNEL_ID のどちらかを入れてください",
			"nothing to answer with; set LINE_CHANNEL_ACCESS_TOKEN or LINE_CHANNEL_ID")
	}
}

func (l *loader) onlyOldSecret() bool {
	return len(l.config.ChannelSecrets) == 1 && !l.failed["LINE_CHANNEL_SECRET"] &&
		l.values["LINE_CHANNEL_SECRET"] == "" && l.values["LINE_CHANNEL_SECRET_FILE"] == ""
}

// console keeps staff passwords and residents' words off plain http.
func (l *loader) console() {
	c := l.config
	if (c.ConsoleCert == "") != (c.ConsoleCertKey == "") && !l.failed["ENGAWA_CONSOLE_CERT"] && !l.failed["ENGAWA_CONSOLE_CERT_KEY"] {
		l.fault("ENGAWA_CONSOLE_CERT", "証明書と鍵は、ENGAWA_CONSOLE_CERT と ENGAWA_CONSOLE_CERT_KEY の両方を入れてください",
			"set both ENGAWA_CONSOLE_CERT and ENGAWA_CONSOLE_CERT_KEY")
		return
	}
	if c.ConsoleCert != "" && c.ConsoleCertKey != "" {
		if _, err := tls.LoadX509KeyPair(c.ConsoleCert, c.ConsoleCertKey); err != nil {
			l.fault("ENGAWA_CONSOLE_CERT", "証明書と鍵が読めないか、組になっていません。PEM の形と組み合わせを確かめてください",
				"certificate and key cannot be read or do not belong together; check that both are PEM")
		}
		return
	}
	if c.ConsoleAddr == "" || loopback(c.ConsoleAddr) || l.failed["ENGAWA_CONSOLE_CERT"] || l.failed["ENGAWA_CONSOLE_CERT_KEY"] {
		return
	}
	if strings.HasPrefix(c.ConsoleURL, "https://") && len(c.TrustedProxies) > 0 {
		return // a proxy ends TLS; ConsoleAllows answers nobody else
	}
	l.fault("ENGAWA_CONSOLE_ADDR", "相談員の画面を、暗号なしでこの機械の外に開くことはできません。127.0.0.1 にするか、ENGAWA_CONSOLE_CERT と ENGAWA_CONSOLE_CERT_KEY を入れるか、TLS のプロキシを置いて ENGAWA_CONSOLE_URL（https://…）と ENGAWA_TRUSTED_PROXIES を入れてください",
		"the console is not opened beyond this machine without TLS; use 127.0.0.1, or set ENGAWA_CONSOLE_CERT and ENGAWA_CONSOLE_CERT_KEY, or put a TLS proxy in front and set ENGAWA_CONSOLE_URL (https://…) and ENGAWA_TRUSTED_PROXIES")
}

// stores says what weakens "delete means gone".
func (l *loader) stores() {
	c := &l.config
	if c.KeysRedisURL.Set() && c.KeysRedisURL.Reveal() == c.RedisURL.Reveal() {
		c.KeysRedisURL = Secret{}
	}
	if !c.KeysRedisURL.Set() && c.ShredDir == "" {
		l.warn("ENGAWA_KEYS_REDIS_URL", "鍵とデータが同じ Redis にあります。古いバックアップを戻すと、消した鍵も戻ります。鍵を別の Redis に置くか、ENGAWA_SHRED_DIR を入れてください",
			"keys and data share one Redis: an old backup brings destroyed keys back; give the keys a Redis of their own or set ENGAWA_SHRED_DIR")
	}
}

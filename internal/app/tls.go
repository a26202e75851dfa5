package app

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/crypto/acme/autocert"

	"github.com/guardroom/guardroom/internal/config"
)

// acmeFolder, in the data folder, is where certificates are kept that were asked for.
const acmeFolder = "acme"

// secured puts TLS on the listener when the settings ask for it.
func secured(listener net.Listener, cfg config.Config) (net.Listener, error) {
	settings, err := tlsSettings(cfg)
	if err != nil || settings == nil {
		return listener, err
	}
	settings.MinVersion = tls.VersionTLS12
	return tls.NewListener(listener, settings), nil
}

func tlsSettings(cfg config.Config) (*tls.Config, error) {
	switch {
	case len(cfg.TLSDomains) > 0:
		manager := &autocert.Manager{
			Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(cfg.TLSDomains...),
			Cache: autocert.DirCache(filepath.Join(cfg.Data, acmeFolder)),
		}
		return manager.TLSConfig(), nil
	case cfg.TLSCert != "":
		pair := &keyPair{cert: cfg.TLSCert, key: cfg.TLSKey}
		if _, err := pair.get(nil); err != nil {
			return nil, err
		}
		return &tls.Config{GetCertificate: pair.get, NextProtos: []string{"h2", "http/1.1"}}, nil
	}
	return nil, nil
}

// keyPair is a certificate in files, read again when they have changed, so that renewing
// it needs no restart.
type keyPair struct {
	cert, key string

	mu     sync.Mutex
	read   *tls.Certificate
	age    [2]time.Time // of the files that were read
	looked time.Time
}

// lookAgain is how often the files are looked at, at most.
const lookAgain = time.Second

func (p *keyPair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.read != nil && time.Since(p.looked) < lookAgain {
		return p.read, nil
	}
	p.looked = time.Now()
	age, err := p.ages()
	if err == nil && p.read != nil && age == p.age {
		return p.read, nil
	}
	var pair tls.Certificate
	if err == nil {
		pair, err = tls.LoadX509KeyPair(p.cert, p.key)
	}
	if err != nil && p.read != nil { // half of a new pair is there: the old one goes on until the other half is
		return p.read, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the TLS certificate cannot be used: %w", err)
	}
	p.read, p.age = &pair, age
	return p.read, nil
}

func (p *keyPair) ages() (ages [2]time.Time, err error) {
	for i, path := range []string{p.cert, p.key} {
		info, failed := os.Stat(path)
		if failed != nil {
			err = errors.Join(err, failed)
			continue
		}
		ages[i] = info.ModTime()
	}
	return ages, err
}

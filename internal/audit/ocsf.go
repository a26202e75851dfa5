package audit

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
)

// The classes of OCSF 1.3 that Events are (https://schema.ocsf.io/1.3.0).
const (
	ocsfVersion        = "1.3.0"
	ocsfIAM            = 3    // category: Identity & Access Management
	ocsfAuthentication = 3002 // class
	ocsfApplication    = 6    // category: Application Activity
	ocsfAPIActivity    = 6003 // class

	ocsfLogon, ocsfLogoff = 1, 2 // activities of Authentication

	ocsfCreate, ocsfRead, ocsfUpdate, ocsfDelete, ocsfOther = 1, 2, 3, 4, 99 // activities of API Activity

	ocsfInformational, ocsfLow = 1, 2 // severities
	ocsfSuccess, ocsfFailure   = 1, 2 // statuses
)

type ocsfEvent struct {
	ActivityID int            `json:"activity_id"`
	CategoryID int            `json:"category_uid"`
	ClassID    int            `json:"class_uid"`
	TypeID     int            `json:"type_uid"`
	SeverityID int            `json:"severity_id"`
	StatusID   int            `json:"status_id"`
	Time       int64          `json:"time"` // Unix milliseconds
	Message    string         `json:"message"`
	Metadata   ocsfMetadata   `json:"metadata"`
	Actor      ocsfActor      `json:"actor"`
	User       *ocsfUser      `json:"user,omitempty"` // who logs on
	API        *ocsfAPI       `json:"api,omitempty"`
	Source     ocsfEndpoint   `json:"src_endpoint"`
	Resources  []ocsfResource `json:"resources,omitempty"`
	Unmapped   ocsfUnmapped   `json:"unmapped"`
}

type ocsfMetadata struct {
	Version     string      `json:"version"`
	UID         string      `json:"uid"`
	Sequence    int64       `json:"sequence"`
	Correlation string      `json:"correlation_uid,omitempty"`
	Product     ocsfProduct `json:"product"`
}

type ocsfProduct struct {
	Name    string `json:"name"`
	Vendor  string `json:"vendor_name"`
	Version string `json:"version"`
}

type ocsfActor struct {
	User    *ocsfUser    `json:"user,omitempty"`
	AppName string       `json:"app_name,omitempty"`
	AppUID  string       `json:"app_uid,omitempty"`
	Session *ocsfSession `json:"session,omitempty"`
}

type ocsfUser struct {
	UID    string      `json:"uid,omitempty"`
	Name   string      `json:"name,omitempty"`
	Groups []ocsfGroup `json:"groups,omitempty"`
}

type ocsfGroup struct {
	Name string `json:"name"`
}

type ocsfSession struct {
	UID string `json:"uid"`
}

type ocsfAPI struct {
	Operation string      `json:"operation"`
	Service   ocsfService `json:"service"`
}

type ocsfService struct {
	Name string `json:"name"`
}

type ocsfEndpoint struct {
	IP      string `json:"ip,omitempty"`
	Service string `json:"svc_name,omitempty"`
}

type ocsfResource struct {
	UID  string `json:"uid"`
	Type string `json:"type,omitempty"`
}

type ocsfUnmapped struct {
	AppID    string          `json:"app_id,omitempty"`
	App      string          `json:"app,omitempty"`
	Detail   json.RawMessage `json:"detail"`
	PrevHash string          `json:"prev_hash"`
	Hash     string          `json:"hash"`
	Export   string          `json:"export,omitempty"`
}

func ocsfOf(e review.TrailEvent, product string) ocsfEvent {
	family, _, _ := strings.Cut(e.Action, ".")
	out := ocsfEvent{
		ActivityID: ocsfActivity(e.Action), CategoryID: ocsfApplication, ClassID: ocsfAPIActivity,
		SeverityID: ocsfInformational, StatusID: ocsfSuccess, Time: e.At.UnixMilli(), Message: e.Action,
		Metadata: ocsfMetadata{
			Version: ocsfVersion, UID: fmt.Sprint(e.Seq), Sequence: e.Seq, Correlation: e.Origin.Request,
			Product: ocsfProduct{Name: "Guardroom", Vendor: "Guardroom", Version: product},
		},
		Actor:    ocsfActorOf(e),
		API:      &ocsfAPI{Operation: e.Action, Service: ocsfService{family}},
		Source:   ocsfEndpoint{IP: e.Origin.Address},
		Unmapped: ocsfUnmapped{AppID: e.AppID, App: e.App, Detail: detailOf(e), PrevHash: hex.EncodeToString(e.PrevHash[:]), Hash: hex.EncodeToString(e.Hash[:])},
	}
	if weighty(e.Action) {
		out.SeverityID = ocsfLow
	}
	if out.Source.IP == "" {
		out.Source.Service = "guardroom"
	}
	if e.Object != "" {
		out.Resources = []ocsfResource{{UID: e.Object, Type: family}}
	}
	if refused(e.Action) {
		out.StatusID = ocsfFailure
	}
	if activity := ocsfSignIn(e.Action); activity > 0 {
		out.CategoryID, out.ClassID, out.ActivityID = ocsfIAM, ocsfAuthentication, activity
		out.User, out.API, out.Resources = ocsfWho(e, out.Actor), nil, nil
	}
	out.TypeID = out.ClassID*100 + out.ActivityID
	return out
}

// ocsfSignIn is the activity of Authentication that an Event tells of, 0 when it tells of something else.
func ocsfSignIn(action string) int {
	switch {
	case action == "user.signed_in", strings.HasPrefix(action, "user.") && refused(action):
		return ocsfLogon
	case action == "user.signed_out":
		return ocsfLogoff
	}
	return 0
}

// ocsfWho is whom an Authentication is about: whose account was tried, who did it, or nobody that is known.
func ocsfWho(e review.TrailEvent, actor ocsfActor) *ocsfUser {
	switch {
	case actor.User != nil:
		return actor.User
	case e.Object != "":
		return &ocsfUser{UID: e.Object}
	}
	return &ocsfUser{Name: "unknown"}
}

func ocsfActorOf(e review.TrailEvent) ocsfActor {
	var a ocsfActor
	switch e.Actor.Kind {
	case review.ActorUser:
		a.User = &ocsfUser{UID: e.Actor.ID, Name: e.ActorName}
		if e.Origin.Role != "" {
			a.User.Groups = []ocsfGroup{{string(e.Origin.Role)}}
		}
	default:
		a.AppName, a.AppUID = e.ActorName, e.Actor.ID
	}
	if e.Origin.Session != "" {
		a.Session = &ocsfSession{e.Origin.Session}
	}
	return a
}

// ocsfActivity reads the verb.
func ocsfActivity(action string) int {
	_, verb, _ := strings.Cut(action, ".")
	switch verb {
	case "added", "submitted", "opened", "made", "given", "drafted":
		return ocsfCreate
	case "exported", "unmasked", "revealed":
		return ocsfRead
	case "revoked", "draft_discarded", "withdrawn", "deleted", "erased", "expired":
		return ocsfDelete
	case "password_changed", "activated", "rolled_back", "claimed", "released", "undone", "snoozed", "woken", "kept", "handed_over", "annotated":
		return ocsfUpdate
	}
	return ocsfOther
}

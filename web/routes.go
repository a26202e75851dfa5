package web

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// The paths of the JSON API.
const (
	apiPrefix         = "/api/"
	pathInteractions  = "/api/v1/interactions"
	pathInterventions = "/api/v1/interventions"
	pathDecisions     = "/api/v1/decisions"
	pathApprovals     = "/api/v1/approvals"
	pathWebhooks      = "/api/v1/webhooks"
	pathErasures      = "/api/v1/erasures"
	webhookRoute      = pathWebhooks + "/:id"
	pathReference     = "/api"
	pathOpenAPI       = "/api/openapi.json"
	pathChat          = "/api/chat"
)

const (
	exportRoute     = views.PathExports + "/:id"
	itemRoute       = views.PathItems + "/:id"
	personRoute     = views.PathPeople + "/:id"
	appRoute        = views.PathApps + "/:app"
	appKeyRoute     = appRoute + "/" + views.StepKeys + "/:id"
	policyRoute     = views.PathPolicies + "/:app"
	costRoute       = views.PathCosts + "/:app"
	hooksRoute      = views.PathHooks + "/:app"
	hookRoute       = hooksRoute + "/:id"
	deliveryRoute   = hookRoute + "/" + views.StepDeliveries + "/:delivery"
	alertRoute      = views.PathAlerts + "/:app"
	ruleRoute       = alertRoute + "/" + views.StepRules + "/:id"
	channelRoute    = alertRoute + "/" + views.StepChannels + "/:id"
	conductRoute    = views.PathConduct + "/:app"
	experimentRoute = policyRoute + "/" + views.StepExperiments + "/:id"
	versionRoute    = policyRoute + "/" + views.StepVersions + "/:version"
)

// route is one line of the table: what is answered, how, and for whom.
type route struct {
	method string
	path   string
	access access
	serve  func(*Server, *call) error
}

// routes is the one table of what this server answers. Who may call a route is
// declared here and checked in admit; nothing else asks.
func routes() []route {
	const get, post = http.MethodGet, http.MethodPost
	return []route{
		{post, pathInteractions, apiKey(review.ScopeSubmit), (*Server).submit},
		{post, pathInteractions + "/batch", apiKey(review.ScopeSubmit), (*Server).submitBatch},
		{get, pathInteractions + "/:id", apiKey(review.ScopeRead), (*Server).interaction},
		{post, pathInteractions + "/:id/feedback", apiKey(review.ScopeSubmit), (*Server).feedback},
		{post, pathInterventions + "/:id/outcome", apiKey(review.ScopeSubmit), (*Server).interventionOutcome},
		{get, pathDecisions, apiKey(review.ScopeRead), (*Server).feed},

		{post, openAIPrefix + "/chat/completions", apiKey(review.ScopeModel), (*Server).chatCompletion},
		{post, openAIPrefix + "/completions", apiKey(review.ScopeModel), (*Server).textCompletion},
		{post, openAIPrefix + "/embeddings", apiKey(review.ScopeModel), (*Server).embeddings},
		{post, openAIPrefix + "/moderations", apiKey(review.ScopeModel), (*Server).moderations},
		{post, openAIPrefix + "/responses", apiKey(review.ScopeModel), (*Server).responses},
		{get, openAIPrefix + "/models", apiKey(review.ScopeModel), (*Server).listModels},
		{get, openAIPrefix + "/models/*", apiKey(review.ScopeModel), (*Server).oneModel},
		{post, pathChat, apiKey(review.ScopeModel), (*Server).simpleChat},
		{post, pathApprovals, apiKey(review.ScopeApprove), (*Server).askApproval},
		{get, pathApprovals + "/:id", apiKey(review.ScopeApprove), (*Server).approval},
		{post, pathWebhooks, apiKey(review.ScopeWebhook), (*Server).addWebhook},
		{get, pathWebhooks, apiKey(review.ScopeWebhook), (*Server).webhooks},
		{http.MethodDelete, webhookRoute, apiKey(review.ScopeWebhook), (*Server).endWebhook},
		{post, webhookRoute + "/secret", apiKey(review.ScopeWebhook), (*Server).rotateWebhook},
		{get, webhookRoute + "/deliveries", apiKey(review.ScopeWebhook), (*Server).webhookDeliveries},
		{post, webhookRoute + "/deliveries/:delivery/replay", apiKey(review.ScopeWebhook), (*Server).replayDelivery},

		{post, pathErasures, apiKey(review.ScopeErase), (*Server).requestErasure},
		{get, pathErasures + "/:id", apiKey(review.ScopeErase), (*Server).erasureState},
		{get, pathErasures + "/:id/certificate", apiKey(review.ScopeErase), (*Server).erasureCertificate},

		{get, pathReference, public(), (*Server).reference},
		{get, pathOpenAPI, public(), (*Server).describe},

		{get, "/", public(), (*Server).home},
		{get, views.PathLogin, public(), (*Server).loginForm},
		{post, views.PathLogin, public(), (*Server).login},
		{get, views.PathLoginCode, public(), (*Server).codeForm},
		{post, views.PathLoginCode, public(), (*Server).giveCode},
		{post, views.PathLoginPasskey, public(), (*Server).signInByPasskey},
		{post, views.PathLoginPasskeyAsk, public(), (*Server).passkeyToSignIn},
		{get, views.PathSignOn, public(), (*Server).signOn},
		{get, views.PathSignOnBack, public(), (*Server).signedOn},
		{post, views.PathLogout, session(review.PermRead).orWeak(), (*Server).logout},
		{get, views.PathAccount, session(review.PermRead), (*Server).account},
		{get, views.PathCommands, session(review.PermRead), (*Server).commands},
		{post, views.PathPreferences, session(review.PermRead), (*Server).savePreferences},
		{post, views.PathOwnSessionsEnd, session(review.PermRead), (*Server).endOwnSession},
		{get, views.PathSecurity, mine(get), (*Server).security},
		{post, views.PathOwnPassword, session(review.PermRead).orWeak(), (*Server).changePassword},
		{get, views.PathTOTP, mine(post), (*Server).totpForm},
		{post, views.PathTOTP, mine(post), (*Server).beginTOTP},
		{post, views.PathTOTPCode, mine(post), (*Server).confirmTOTP},
		{post, views.PathTOTPRemoval, mine(post), (*Server).removeTOTP},
		{post, views.PathRecovery, mine(post), (*Server).renewCodes},
		{post, views.PathPasskeys, mine(post), (*Server).addPasskey},
		{post, views.PathPasskeysAsk, mine(post), (*Server).passkeyToAdd},
		{post, views.PathPasskeyRemoval, mine(post), (*Server).removePasskey},
		{post, views.PathConfirmPasskey, session(review.PermRead).orWeak(), (*Server).confirmByPasskey},
		{post, views.PathConfirmPasskeyAsk, session(review.PermRead).orWeak(), (*Server).passkeyToConfirm},
		{get, views.PathConfirm, session(review.PermRead).orWeak(), (*Server).confirmForm},
		{post, views.PathConfirm, session(review.PermRead).orWeak(), (*Server).confirm},
		{get, views.PathInvitation, public(), (*Server).invitation},
		{post, views.PathInvitation, public(), (*Server).acceptInvitation},

		{get, views.PathPeople, administer(get), (*Server).people},
		{post, views.PathPeople, administer(post), (*Server).invite},
		{get, personRoute, administer(get), (*Server).person},
		{post, personRoute + "/" + views.StepRole, administer(post), (*Server).setRole},
		{post, personRoute + "/" + views.StepAccess, administer(post), (*Server).setAccess},
		{post, personRoute + "/" + views.StepSessions, administer(post), (*Server).endSessions},
		{post, personRoute + "/" + views.StepMember, administer(post), (*Server).setMembership},
		{post, personRoute + "/" + views.StepLink, administer(post), (*Server).newLink},
		{post, personRoute + "/" + views.StepFactors, administer(post), (*Server).resetFactors},
		{get, views.PathApps, administer(get), (*Server).apps},
		{post, views.PathApps, administer(post), (*Server).addApp},
		{get, appRoute, administer(get), (*Server).app},
		{get, appRoute + "/" + views.StepOrigins, session(review.PermPolicy), (*Server).appOrigins},
		{post, appRoute + "/" + views.StepOrigins, governs(), (*Server).setOrigins},
		{get, appRoute + "/" + views.StepRetention, session(review.PermAudit), (*Server).retention},
		{get, appRoute + "/" + views.StepErasures, administer(get), (*Server).erasures},
		{post, appRoute + "/" + views.StepErasures, administer(post), (*Server).erase},
		{get, appRoute + "/" + views.StepErasures + "/:id", administer(get), (*Server).certificate},
		{post, appRoute + "/" + views.StepHolds, administer(post), (*Server).hold},
		{post, appRoute + "/" + views.StepHolds + "/:id/" + views.StepLift, administer(post), (*Server).lift},
		{post, appRoute + "/" + views.StepKeys, administer(post), (*Server).mintKey},
		{post, appKeyRoute + "/" + views.StepRotation, administer(post), (*Server).rotateKey},
		{post, appKeyRoute + "/" + views.StepRevocation, administer(post), (*Server).revokeKey},

		{get, views.PathStatus, session(review.PermStatus), (*Server).status},
		{get, views.PathHooks, tells(get), (*Server).hooks},
		{get, hooksRoute, tells(get), (*Server).hookList},
		{post, hooksRoute, tells(post), (*Server).addHook},
		{get, hookRoute, tells(get), (*Server).hook},
		{post, hookRoute + "/" + views.StepTopics, tells(post), (*Server).setHookTopics},
		{post, hookRoute + "/" + views.StepSecret, tells(post), (*Server).rotateHook},
		{post, hookRoute + "/" + views.StepPause, tells(post), (*Server).pauseHook},
		{post, hookRoute + "/" + views.StepResumption, tells(post), (*Server).resumeHook},
		{post, hookRoute + "/" + views.StepTest, tells(post), (*Server).testHook},
		{post, hookRoute + "/" + views.StepReplay, tells(post), (*Server).replayHook},
		{post, hookRoute + "/" + views.StepDeletion, tells(post), (*Server).endHook},
		{get, deliveryRoute, tells(get), (*Server).hookDelivery},
		{post, deliveryRoute + "/" + views.StepReplay, tells(post), (*Server).replayHookDelivery},

		{get, views.PathQueue, session(review.PermRead), (*Server).queue},
		{post, views.PathSelection, session(review.PermDecide), (*Server).selection},
		{post, views.PathSelectionDecision, session(review.PermDecide), (*Server).decideSelection},
		{post, views.PathSelectionLabel, session(review.PermDecide), (*Server).labelSelection},
		{post, views.PathSelectionHandOver, session(review.PermDecide), (*Server).handOverSelection},
		{get, views.PathViews, session(review.PermRead), (*Server).savedViews},
		{post, views.PathViews, session(review.PermRead), (*Server).saveView},
		{post, views.PathViewName, session(review.PermRead), (*Server).renameView},
		{post, views.PathViewStart, session(review.PermRead), (*Server).beginWith},
		{post, views.PathViewSharing, session(review.PermOversee), (*Server).shareView},
		{post, views.PathViewDeletion, session(review.PermRead), (*Server).deleteView},
		{post, views.PathPreview, session(review.PermRead), (*Server).showPreview},
		{get, views.PathLive, session(review.PermRead), (*Server).live},
		{get, views.PathAhead, session(review.PermDecide), (*Server).ahead},
		{get, views.PathNext, session(review.PermDecide), (*Server).next},
		{post, views.PathNext, session(review.PermDecide), (*Server).next},

		{get, itemRoute, session(review.PermRead), (*Server).item},
		{get, itemRoute + "/" + views.StepPreview, session(review.PermRead), (*Server).preview},
		{post, itemRoute + "/" + views.StepClaim, session(review.PermDecide), (*Server).claim},
		{post, itemRoute + "/heartbeat", session(review.PermDecide), (*Server).heartbeat},
		{post, itemRoute + "/" + views.StepRelease, session(review.PermDecide), (*Server).release},
		{post, itemRoute + "/" + views.StepSkip, session(review.PermDecide), (*Server).skip},
		{post, itemRoute + "/" + views.StepVeil, session(review.PermRead), (*Server).veil},
		{post, itemRoute + "/" + views.StepPersonal, session(review.PermPersonal), (*Server).unmask},
		{post, itemRoute + "/" + views.StepBlind, session(review.PermDecide), (*Server).judgeBlind},
		{post, itemRoute + "/" + views.StepDecision, session(review.PermDecide), (*Server).decide},
		{post, itemRoute + "/" + views.StepAnnotations, session(review.PermDecide), (*Server).annotate},
		{post, itemRoute + "/" + views.StepUndo, session(review.PermDecide), (*Server).undo},
		{post, itemRoute + "/" + views.StepKeep, session(review.PermDecide), (*Server).keepHeld},
		{post, itemRoute + "/" + views.StepHandOver, session(review.PermDecide), (*Server).handOver},
		{post, itemRoute + "/" + views.StepSnooze, session(review.PermDecide), (*Server).snooze},
		{post, itemRoute + "/" + views.StepWake, session(review.PermDecide), (*Server).wake},
		{post, itemRoute + "/" + views.StepOpinion, session(review.PermDecide), (*Server).askOpinion},
		{post, itemRoute + "/" + views.StepReversal, session(review.PermDecide), (*Server).reverse},
		{get, itemRoute + "/" + views.StepAlike, session(review.PermDecide), (*Server).alike},
		{post, itemRoute + "/" + views.StepAlike, session(review.PermDecide), (*Server).decideAlike},
		{post, itemRoute + "/" + views.StepHold, session(review.PermOversee), (*Server).releaseHold},

		{get, views.PathHolds, session(review.PermDecide), (*Server).holds},
		{get, views.PathInbox, session(review.PermRead), (*Server).inbox},
		{post, views.PathInboxRead, session(review.PermRead), (*Server).readInbox},
		{post, views.PathBatchUndo, session(review.PermDecide), (*Server).undoBatch},

		{get, views.PathDecisions, session(review.PermRead), (*Server).decisions},
		{get, views.PathExportCSV, session(review.PermExport), (*Server).exportCSV},

		{get, views.PathExports, session(review.PermExport), (*Server).exports},
		{post, views.PathExports, session(review.PermExport), (*Server).askExport},
		{get, exportRoute + "/" + views.StepFile, session(review.PermExport), (*Server).exportFile},
		{get, exportRoute + "/" + views.StepManifest, session(review.PermExport), (*Server).exportManifest},
		{post, exportRoute + "/" + views.StepDeletion, session(review.PermExport), (*Server).deleteExport},

		{get, views.PathTrail, session(review.PermAudit), (*Server).auditTrail},
		{get, views.PathTrailExport, session(review.PermAudit), (*Server).exportTrail},

		{get, views.PathOverview, session(review.PermInsight), (*Server).overview},
		{get, views.PathWork, session(review.PermDecide), (*Server).work},

		{get, views.PathConduct, session(review.PermConduct), (*Server).conducts},
		{get, conductRoute, session(review.PermConduct), (*Server).conduct},
		{post, conductRoute + "/" + views.StepRestriction, session(review.PermOversee), (*Server).restrict},

		{get, views.PathCosts, session(review.PermInsight), (*Server).costs},
		{get, costRoute, session(review.PermInsight), (*Server).cost},
		{get, costRoute + "/" + views.StepCostFile, session(review.PermInsight), (*Server).costFile},

		{get, views.PathAlerts, session(review.PermInsight), (*Server).alertOverview},
		{get, alertRoute, session(review.PermInsight), (*Server).alerts},
		{get, alertRoute + "/" + views.StepRules, session(review.PermOversee), (*Server).newAlertRule},
		{post, alertRoute + "/" + views.StepRules, session(review.PermOversee), (*Server).addAlertRule},
		{get, ruleRoute, session(review.PermOversee), (*Server).alertRule},
		{post, ruleRoute, session(review.PermOversee), (*Server).saveAlertRule},
		{post, ruleRoute + "/" + views.StepSilence, session(review.PermOversee), (*Server).silenceAlertRule},
		{post, ruleRoute + "/" + views.StepEnd, session(review.PermOversee), (*Server).endAlertRule},
		{post, alertRoute + "/" + views.StepChannels, session(review.PermOversee), (*Server).addChannel},
		{post, channelRoute + "/" + views.StepTest, session(review.PermOversee), (*Server).testChannel},
		{post, channelRoute + "/" + views.StepEnd, session(review.PermOversee), (*Server).endChannel},
		{post, channelRoute + "/" + views.StepDeliveries, session(review.PermOversee), (*Server).retryDelivery},

		{get, views.PathPolicies, session(review.PermRead), (*Server).policies},
		{get, policyRoute, session(review.PermRead), (*Server).policy},
		{get, policyRoute + "/" + views.StepDraft, session(review.PermRead), (*Server).policyDraft},
		{post, policyRoute + "/" + views.StepDraft, session(review.PermPolicy), (*Server).saveDraft},
		{get, policyRoute + "/" + views.StepEdit, session(review.PermPolicy), (*Server).policyEdit},
		{post, policyRoute + "/" + views.StepActivate, governs(), (*Server).activateDraft},
		{post, policyRoute + "/" + views.StepDiscard, session(review.PermPolicy), (*Server).discardDraft},
		{get, policyRoute + "/" + views.StepVersions, session(review.PermRead), (*Server).policyVersions},
		{get, versionRoute, session(review.PermRead), (*Server).policyVersion},
		{post, versionRoute + "/" + views.StepRollBack, governs(), (*Server).rollBack},
		{get, policyRoute + "/" + views.StepProof, session(review.PermPolicy), (*Server).policyProof},
		{post, policyRoute + "/" + views.StepProof, session(review.PermPolicy), (*Server).takeProof},
		{get, policyRoute + "/" + views.StepTrial, session(review.PermPolicy), (*Server).policyTrial},
		{post, policyRoute + "/" + views.StepTrial, session(review.PermPolicy), (*Server).tryText},

		{get, policyRoute + "/" + views.StepExperiments, session(review.PermPolicy), (*Server).experiments},
		{post, policyRoute + "/" + views.StepExperiments, session(review.PermPolicy), (*Server).planExperiment},
		{get, experimentRoute, session(review.PermPolicy), (*Server).experiment},
		{post, experimentRoute + "/" + views.StepStart, session(review.PermPolicy), (*Server).startExperiment},
		{post, experimentRoute + "/" + views.StepEnd, session(review.PermPolicy), (*Server).endExperiment},

		{get, assetRoute, public(), (*Server).asset},
		{get, pathSecurityText, public(), (*Server).securityText},
		{get, "/healthz", public(), (*Server).healthz},
		{get, "/readyz", public(), (*Server).readyz},
		{get, "/metrics", operator(), (*Server).metrics},
	}
}

// checkRoutes refuses a table in which a line is incomplete or stands twice.
func checkRoutes(table []route) error {
	var errs []error
	seen := map[string]bool{}
	for _, r := range table {
		name := r.method + " " + r.path
		switch {
		case r.method == "" || r.path == "" || r.serve == nil:
			errs = append(errs, fmt.Errorf("web: the route %q is incomplete", name))
		case seen[name]:
			errs = append(errs, fmt.Errorf("web: the route %q stands twice in the table", name))
		case !r.access.declared():
			errs = append(errs, fmt.Errorf("web: the route %q does not say who may call it", name))
		}
		seen[name] = true
	}
	return errors.Join(errs...)
}

// Access tells about one route who may call it.
type Access struct {
	Method     string
	Path       string // pattern, with :id for ids, :app for the name of an App
	Door       string // public, key, session or operator
	Permission review.Permission
	Scope      review.Scope
}

// Table lists every route with who may call it.
func (s *Server) Table() []Access {
	table := make([]Access, len(s.routes))
	for i, r := range s.routes {
		table[i] = Access{Method: r.method, Path: r.path, Door: r.access.door.String(), Permission: r.access.permission, Scope: r.access.scope}
	}
	return table
}

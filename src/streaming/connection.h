/* SPDX-License-Identifier: MIT */
/* connection.h: the states of the supervisor and their legal events, as a table of plain data (wire.md §3.4).
   Nothing happens here: actions.c looks a pair up, changes its state and runs the action.

     IDLE --connect--> WAIT --delay--> PREP --channel--> OPEN --session--> CONFIG --ICE--> CONNECTED
                        ^               |                 |                  |               |
                        +-------<-------+--- retry --<----+---------<--------+--- dropped -<-+

   Any state: disconnect -> CLOSING -> IDLE. PREP, OPEN: refused credentials -> IDLE. */
#ifndef SP_STREAMING_CONNECTION_H
#define SP_STREAMING_CONNECTION_H

typedef enum sp_conn_state {
  SP_CONN_IDLE,      /* nothing is open and nothing is wanted */
  SP_CONN_WAIT,      /* the delay before an attempt */
  SP_CONN_PREP,      /* identity and channel are being fetched */
  SP_CONN_OPEN,      /* socket and stream are being set up: 15 s at the most */
  SP_CONN_CONFIG,    /* session established, ICE servers are being fetched */
  SP_CONN_CONNECTED, /* announced as connected */
  SP_CONN_CLOSING,   /* disconnect was called, the old stream says goodbye */
  SP_CONN_STATES
} sp_conn_state;

typedef enum sp_conn_event {
  SP_CONN_EV_CONNECT,
  SP_CONN_EV_DISCONNECT,
  SP_CONN_EV_DELAY_OVER,
  SP_CONN_EV_ONLINE,     /* the network is back: what is under way was begun without it */
  SP_CONN_EV_PREPARED,   /* identity and channel are there */
  SP_CONN_EV_READY,      /* the XMPP session is established */
  SP_CONN_EV_CONFIGURED, /* ICE servers are there */
  SP_CONN_EV_FAILED,     /* this attempt failed, another may succeed */
  SP_CONN_EV_REFUSED,    /* the credentials are refused */
  SP_CONN_EV_LOST,       /* socket or stream ended by itself */
  SP_CONN_EV_SILENT,     /* liveness, or a server that does not close as it should */
  SP_CONN_EV_DEAD,       /* no answer after the host had a reason to doubt the path */
  SP_CONN_EV_RETIRED,    /* no_longer_subscribed, duplicate_id */
  SP_CONN_EV_TRANSFER,   /* connection transfer (wire.md §3.6) */
  SP_CONN_EV_CLOSED,     /* the stream that said goodbye is gone */
  SP_CONN_EV_SUSPEND,    /* the page goes into the back-forward cache */
  SP_CONN_EVENTS
} sp_conn_event;

typedef enum sp_conn_action {
  SP_CONN_ILLEGAL, /* the event means nothing in this state */
  SP_CONN_DO_NOTHING,
  SP_CONN_DO_START,    /* first delay of a connect call */
  SP_CONN_DO_RESTART,  /* the same, after cutting a goodbye short */
  SP_CONN_DO_PREPARE,  /* R1, R3, probe */
  SP_CONN_DO_OPEN,     /* socket and stream */
  SP_CONN_DO_DISCOVER, /* ICE servers */
  SP_CONN_DO_ANNOUNCE,
  SP_CONN_DO_RETRY,
  SP_CONN_DO_RECONNECT, /* connected no more: announce it and try again */
  SP_CONN_DO_HURRY,     /* the same without a wait */
  SP_CONN_DO_AGAIN,     /* drop this attempt and begin another one at once */
  SP_CONN_DO_RETIRE,    /* new channel next time; the server is expected to close */
  SP_CONN_DO_REPORT,    /* give up with an error */
  SP_CONN_DO_CANCEL,    /* disconnect while connecting */
  SP_CONN_DO_SHUT,      /* disconnect */
  SP_CONN_DO_FINISH,    /* everything is down */
  SP_CONN_DO_SUSPEND,   /* nothing is open and nothing is timed until the page is back */
  SP_CONN_DO_PARK,      /* the same; it was connected: announce it */
  SP_CONN_ACTIONS
} sp_conn_action;

typedef struct sp_conn_rule {
  sp_conn_action action;
  sp_conn_state next;
} sp_conn_rule;

/* action SP_CONN_ILLEGAL for an absent pair. */
sp_conn_rule sp_conn_rule_of(sp_conn_state state, sp_conn_event event);
const char *sp_conn_state_name(sp_conn_state state);

#endif

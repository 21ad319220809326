-- SPDX-License-Identifier: MIT
-- What the streaming service does and a chat server does not: it takes WebSockets at /stream/channels/<id>, and it
-- brings what is addressed to a user to each client of that user, although none has sent presence (wire.md section 1).

local bare_sessions = prosody.bare_sessions;
local modulemanager = require "core.modulemanager";

module:depends("websocket");
module:depends("http");
module:provides("http", {
	name = "channels";
	default_path = "/stream/channels";
	cors = { enabled = true };
	route = { ["GET /*"] = modulemanager.get_module("*", "websocket").handle_request };
});

local function to_each_client(event)
	local stanza = event.stanza;
	local to = stanza.attr.to or event.origin.username .. "@" .. event.origin.host;
	local user = stanza.attr.type ~= "error" and bare_sessions[to];
	if not user then return; end
	for _, session in pairs(user.sessions) do session.send(stanza); end
	return true;
end

module:hook("message/bare", to_each_client, 10);
module:hook("message/self", to_each_client, 10);

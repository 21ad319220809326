-- SPDX-License-Identifier: MIT
-- Accounts as the streaming service has them: SASL PLAIN's user name is the whole bare JID, and the password is
-- "authKey:" with the access token (wire.md section 4.3). Prosody's own providers take the local part alone: nodeprep
-- forbids the "@".

local jid = require "util.jid";
local new_sasl = require "util.sasl".new;

local passwords = module:get_option("streaming_passwords", {}); -- by local part
local host = module.host;
local provider = {};

local function local_part(name)
	local node, domain, resource = jid.prepped_split(name);
	return domain == host and not resource and node or nil;
end

function provider.test_password(username, password)
	return passwords[username] == password;
end

function provider.user_exists(username)
	return passwords[username] ~= nil;
end

function provider.get_sasl_handler()
	return new_sasl(host, {
		nodeprep = local_part;
		plain_test = function (_, username, password)
			return provider.test_password(username, password), true;
		end;
	});
end

module:provides("auth", provider);

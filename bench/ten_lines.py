"""Who is online in ten lines of zeep: what `who` is measured beside."""

import os
import sys

from zeep import Client

client = Client(f"{sys.argv[1]}/Chat.wsdl")
(binding,) = client.wsdl.bindings
chat = client.create_service(binding, f"{os.environ['SUPEROFFICE_URL']}/Services86/Chat.svc")
agents = chat.GetChatPresence(_soapheaders={"Credentials": {"Ticket": os.environ["SUPEROFFICE_TICKET"]}})
print(*(agent.DisplayName for agent in agents if agent.Present), sep="\n")  # noqa: T201  # a script prints

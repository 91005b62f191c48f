"""Addresses of the message pages."""

from django.urls import URLPattern, path

from yipan.interop import pages
from yipan.interop.outbound import receivers, sent

app_name = "interop"

urlpatterns: list[URLPattern] = [
    path("messages", pages.message_list, name="messages"),
    path("messages/senders", pages.sender_list, name="senders"),
    path("messages/senders/<uuid:source_id>", pages.sender, name="sender"),
    path("messages/senders/<uuid:source_id>/replay", pages.replay_waiting, name="replay_waiting"),
    path("messages/senders/<uuid:source_id>/locations", pages.name_location, name="name_location"),
    path(
        "messages/senders/<uuid:source_id>/locations/<uuid:alias_id>/forget",
        pages.forget_location,
        name="forget_location",
    ),
    path("messages/sent", sent.message_list, name="sent"),
    path("messages/sent/<int:message_id>", sent.message, name="sent_message"),
    path("messages/sent/<int:message_id>/replay", sent.replay, name="send_again"),
    path("messages/sent/<int:message_id>/drop", sent.drop, name="drop"),
    path("messages/receivers", receivers.receiver_list, name="receivers"),
    path("messages/receivers/new", receivers.receiver, name="receiver_new"),
    path("messages/receivers/<uuid:receiver_id>", receivers.receiver, name="receiver"),
    path("messages/receivers/<uuid:receiver_id>/replay", receivers.replay_refused, name="send_refused_again"),
    path("messages/<int:message_id>", pages.message, name="message"),
    path("messages/<int:message_id>/replay", pages.replay, name="replay"),
    path("messages/<int:message_id>/ignore", pages.ignore, name="ignore"),
]

import { Component, input } from "@angular/core";
import { injectCan, RolegateCan } from "rolegate/angular";

interface Conversation {
  readonly subject: string;
  readonly assigneeId: string;
  readonly teamId: string;
}

@Component({
  selector: "app-conversation",
  imports: [RolegateCan],
  template: `
    <textarea *rolegateCan="'conversations.reply'; on: conversation(); else: denied"></textarea>
    <ng-template #denied><em>Only for the team</em></ng-template>
    <button type="button" [disabled]="!canReply()">Reply: {{ conversation().subject }}</button>
  `,
})
export class ConversationRow {
  readonly conversation = input.required<Conversation>();
  readonly canReply = injectCan("conversations.reply", this.conversation);
}

@Component({
  selector: "app-inbox",
  imports: [ConversationRow],
  template: `
    @for (conversation of conversations; track conversation.subject) {
      <app-conversation [conversation]="conversation" />
    }
  `,
})
export class Inbox {
  readonly conversations: Conversation[] = [
    { subject: "Invoice", assigneeId: "ana", teamId: "sales" },
    { subject: "Delivery", assigneeId: "bo", teamId: "support" },
  ];
}
